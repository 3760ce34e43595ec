/** What failed and can be done again: files that are still due, tasks of the monitoring queue. */
import { normaliseSlug } from '../../domain/slug.ts';
import { type MonitoringPayload, payloadOfMonitoringId, queryJobId } from '../../jobs/monitoring-job.ts';
import {
  type DueFile,
  type ProductFile,
  type ProductName,
  type ProductPlan,
  PRODUCTS,
} from '../../producer/product-plan.ts';
import type { Run } from '../runs/read-runs.ts';
import { newestRuns, selectRuns } from '../runs/select-runs.ts';

export interface RetryPlan {
  readonly files: readonly { readonly run: Run; readonly due: DueFile }[];
  readonly tasks: readonly RetriedTask[];
  /** What cannot be done again, with the reason. */
  readonly left: readonly { readonly run: Run; readonly reason: string }[];
}

export interface RetriedTask {
  readonly run: Run;
  readonly jobId: string;
  readonly payload: MonitoringPayload;
}

/**
 * The newest run of each file and task whose newest run failed, newest first. EXPERIMENT_UNKNOWN if a slug has no run at
 * all; no slugs: everything.
 */
export function stillFailed(runs: readonly Run[], slugs: readonly string[]): Run[] {
  return newestRuns(selectRuns(runs, { experiments: slugs, outcomes: [] }))
    .filter(({ outcome }) => outcome === 'failed')
    .toSorted((a, b) => b.finishedAt - a.finishedAt);
}

/** The products whose files have to be planned. */
export function failedProducts(failed: readonly Run[]): ProductName[] {
  return PRODUCTS.filter((product) => failed.some((run) => run.product === product));
}

/** `queries`: names of the configured queries. */
export function planRetry(failed: readonly Run[], plan: ProductPlan, queries: readonly string[]): RetryPlan {
  const find = finderOf(plan.due);
  const files: RetryPlan['files'][number][] = [];
  const tasks: RetriedTask[] = [];
  const left: RetryPlan['left'][number][] = [];
  for (const run of failed) {
    const due = isFile(run) ? find(run) : undefined;
    const task = isFile(run) ? undefined : taskOf(run);
    if (due !== undefined) files.push({ run, due });
    else if (task === undefined)
      left.push({ run, reason: isFile(run) ? reasonOf(run, plan) : 'it cannot be asked for again' });
    else if (task.payload.task === 'query' && !queries.includes(task.payload.name))
      left.push({ run, reason: 'the query is no longer configured' });
    else tasks.push(task);
  }
  return { files, tasks, left };
}

function isFile({ product, experiment }: Run): boolean {
  return experiment !== undefined && PRODUCTS.some((name) => name === product);
}

/** Finds the file of a run, also after an experiment became known by its exact slug. */
function finderOf<File extends ProductFile>(files: readonly File[]): (run: Run) => File | undefined {
  const exact = new Map(files.map((file) => [keyOf(file, file.experiment), file]));
  const normalised = new Map(files.map((file) => [keyOf(file, normaliseSlug(file.experiment)), file]));
  return (run) => {
    const experiment = run.experiment ?? '';
    const byName = normaliseSlug(experiment) === experiment ? normalised.get(keyOf(run, experiment)) : undefined;
    return exact.get(keyOf(run, experiment)) ?? byName;
  };
}

function keyOf({ product, period }: { readonly product: string; readonly period?: string | undefined }, slug: string) {
  return JSON.stringify([product, slug, period ?? null]);
}

/** Why a failed file is not due. */
function reasonOf(run: Run, { skipped, refused, absent, failures }: ProductPlan): string {
  const skip = finderOf(skipped)(run);
  if (skip !== undefined) return skip.reason === 'current' ? 'the published file is current' : skip.reason;
  const refusal = finderOf(refused)(run);
  if (refusal !== undefined) return refusal.error.sentence;
  const failure = failures.find(({ products }) => products.some((product) => product === run.product));
  if (failure !== undefined) return `it could not be planned: ${failure.error.message}`;
  if (finderOf(absent)(run) !== undefined) return 'its table or view is gone';
  return 'the experiment is gone, or has nothing to publish any more';
}

function taskOf(run: Run): RetriedTask | undefined {
  const payload = payloadOfMonitoringId(run.jobId) ?? queryOf(run);
  if (payload === undefined) return undefined;
  const jobId = payload.task === 'query' ? queryJobId(payload) : run.jobId;
  return { run, jobId, payload };
}

/** A query that somebody ran with `contrail run query`: the job does it as of that time. */
function queryOf({ source, finishedAt }: Run): MonitoringPayload | undefined {
  const name = source?.startsWith('query:') ? source.slice('query:'.length) : '';
  const id = queryJobId({ name, tick: Math.floor(finishedAt) });
  return payloadOfMonitoringId(id);
}
