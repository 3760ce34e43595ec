/** Which runs somebody wants to see, and which files still need another run. */
import { ContrailError } from '../../domain/errors.ts';
import { didYouMean } from '../../domain/nearest-name.ts';
import { normaliseSlug, quote } from '../../domain/slug.ts';
import type { Run } from './read-runs.ts';

/** The values of the column `outcome`. */
export const RUN_OUTCOMES = [
  'published',
  'unchanged',
  'skipped',
  'superseded',
  'snoozed',
  'divided',
  'retrying',
  'failed',
  'cancelled',
] as const;

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
    if (!known.some((other) => isSame(slug, other))) throw noRuns(slug, known);
  }
  return runs.filter(
    ({ experiment, outcome }) =>
      (outcomes.length === 0 || outcomes.includes(outcome)) &&
      (experiments.length === 0 || experiments.some((slug) => isSame(slug, experiment ?? ''))),
  );
}

/** The newest run of each file or task that decided something; being tried again or put off decides nothing. */
export function newestRuns(runs: readonly Run[]): Run[] {
  const newest = new Map<string, Run>();
  for (const run of runs) {
    if (['retrying', 'snoozed', 'divided'].includes(run.outcome)) continue;
    const key = JSON.stringify([run.product, run.experiment ?? null, run.period ?? null, sourceKey(run)]);
    const known = newest.get(key);
    if (known === undefined || run.finishedAt > known.finishedAt) newest.set(key, run);
  }
  return [...newest.values()];
}

/** A file of an experiment is the same whatever table it comes from. */
function sourceKey({ experiment, source }: Run): string | null {
  return experiment === undefined ? (source ?? null) : null;
}

function isSame(slug: string, experiment: string): boolean {
  return slug === experiment || (normaliseSlug(slug) === slug && normaliseSlug(experiment) === slug);
}

function noRuns(slug: string, known: readonly string[]): ContrailError {
  return new ContrailError('EXPERIMENT_UNKNOWN', `There is no run of ${quote(slug)} in this time.`, {
    subject: slug,
    hint: `${didYouMean(slug, known)}Look further back with --since, or run \`contrail status ${slug}\`.`,
  });
}
