/** The state of each file: what is published against what the source has, and what the queue is doing about it. */
import { statisticsJobId, STATISTICS_JOB } from '../jobs/statistics-job.ts';
import type { JobQueue, KnownJob } from '../ports/job-queue.ts';
import type { DueStatistics, StatisticsPlan, StatisticsTarget } from './plan-statistics.ts';

/**
 * `fresh`: the file has the newest rows, `stale`: the source has changed since, `never`: there is no file yet,
 * `queued` and `running`: a job is on its way, `failed`: the last job for the newest rows failed for good,
 * `refused`: no job can be made.
 */
export type FileStateName = 'fresh' | 'stale' | 'never' | 'queued' | 'running' | 'failed' | 'refused';

export interface FileState {
  readonly experiment: string;
  readonly product: 'statistics';
  readonly period: string;
  readonly state: FileStateName;
  /** Why, where that is not plain: the sentence of a failure, the progress of a job. */
  readonly detail?: string;
}

/** The states of all files of a plan. Without a queue, what jobs are doing stays unknown. */
export async function fileStates(
  plan: StatisticsPlan,
  queue: JobQueue | undefined,
  signal: AbortSignal,
): Promise<FileState[]> {
  const ids = new Map(plan.due.map((due) => [due, statisticsJobId(due)]));
  const jobs = (await queue?.find(STATISTICS_JOB.queue, [...ids.values()], signal)) ?? [];
  const jobById = new Map(jobs.map((job) => [job.id, job]));
  return [
    ...plan.skipped.map((target) => stateOf(target, { state: 'fresh' })),
    ...plan.due.map((due) => stateOf(due, stateOfDue(due, jobById.get(ids.get(due) ?? '')))),
    ...plan.refused.map((target) => stateOf(target, { state: 'refused', detail: target.error.sentence })),
  ].sort((a, b) => (a.experiment < b.experiment ? -1 : a.experiment > b.experiment ? 1 : 0));
}

function stateOf(target: StatisticsTarget, found: Pick<FileState, 'state' | 'detail'>): FileState {
  return { experiment: target.experiment, product: 'statistics', period: target.period, ...found };
}

function stateOfDue(due: DueStatistics, job: KnownJob | undefined): Pick<FileState, 'state' | 'detail'> {
  switch (job?.state) {
    case 'active':
      return { state: 'running', ...(job.progress === undefined ? {} : { detail: `${Math.floor(job.progress)} %` }) };
    case 'waiting':
    case 'delayed':
      return { state: 'queued', ...(job.attempts > 0 ? { detail: `after ${job.attempts} failed attempts` } : {}) };
    case 'failed':
      return { state: 'failed', ...(job.failure === undefined ? {} : { detail: job.failure.message }) };
    default:
      return { state: due.reason === 'new' ? 'never' : 'stale' };
  }
}
