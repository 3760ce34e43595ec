/** Which runs somebody wants to see, and which files still need another run. */
import { ContrailError } from '../../domain/errors.ts';
import { didYouMean } from '../../domain/nearest-name.ts';
import { isSlugOf, quote } from '../../domain/slug.ts';
import { payloadOfMonitoringId } from '../../jobs/monitoring-job.ts';
import type { Run } from './read-runs.ts';

export interface RunSelection {
  /** Slugs as in the experiments API, or normalised; empty: all. */
  readonly experiments: readonly string[];
  /** Empty: all. */
  readonly outcomes: readonly string[];
}

/** EXPERIMENT_UNKNOWN if a slug has no run at all. */
export function selectRuns(runs: readonly Run[], { experiments, outcomes }: RunSelection): Run[] {
  const known = [...new Set(runs.flatMap(({ experiment }) => experiment ?? []))];
  for (const slug of experiments) {
    if (!known.some((other) => isSlugOf(slug, other))) throw noRuns(slug, known);
  }
  return runs.filter(
    ({ experiment, outcome }) =>
      (outcomes.length === 0 || outcomes.includes(outcome)) &&
      (experiments.length === 0 || experiments.some((slug) => isSlugOf(slug, experiment ?? ''))),
  );
}

/** The newest run of each file or task that decided something; being tried again or put off decides nothing. */
export function newestRuns(runs: readonly Run[]): Run[] {
  const newest = new Map<string, Run>();
  for (const run of runs) {
    if (['retrying', 'snoozed', 'divided'].includes(run.outcome)) continue;
    const key = JSON.stringify([run.product, run.experiment ?? null, run.period ?? null, taskKey(run)]);
    const known = newest.get(key);
    if (known === undefined || run.finishedAt > known.finishedAt) newest.set(key, run);
  }
  return [...newest.values()];
}

/** What a run without an experiment did, from its job's id. A file of an experiment is the same whatever table it comes from. */
function taskKey({ experiment, source, jobId }: Run): string | null {
  if (experiment !== undefined) return null;
  const payload = payloadOfMonitoringId(jobId);
  switch (payload?.task) {
    case 'query-cost':
      return `query-cost ${payload.day}`;
    case 'import-experiments':
    case 'sample-ratio':
    case 'check-alerts':
      return payload.task;
    case 'query':
    case undefined:
      return source ?? null;
  }
}

function noRuns(slug: string, known: readonly string[]): ContrailError {
  return new ContrailError('EXPERIMENT_UNKNOWN', `There is no run of ${quote(slug)} in this time.`, {
    subject: slug,
    hint: `${didYouMean(slug, known)}Look further back with --since, or run \`contrail status ${slug}\`.`,
  });
}
