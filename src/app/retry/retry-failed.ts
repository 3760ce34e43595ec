/** Enqueues failed files and tasks once more. */
import { backfillPriority } from '../../domain/backfill-priority.ts';
import { MONITORING_JOB } from '../../jobs/monitoring-job.ts';
import { enqueueFiles, type EnqueueDependencies } from '../../producer/enqueue-files.ts';
import { reasonToWait } from '../../producer/kept-job.ts';
import type { DueFile } from '../../producer/product-plan.ts';
import { type Run, subjectOf } from '../runs/read-runs.ts';
import type { RetriedTask, RetryPlan } from './retry-plan.ts';

/** `left`: it cannot be done again. `queued`: it was queued already. */
export type RetryEnd = 'enqueued' | 'queued' | 'left';

export interface RetriedRun {
  readonly run: Run;
  readonly end: RetryEnd;
  readonly reason?: string;
}

/** In the order of the plan: files, tasks, and what is left. */
export async function retryFailed(
  deps: EnqueueDependencies,
  { files, tasks, left }: RetryPlan,
  signal: AbortSignal,
): Promise<RetriedRun[]> {
  const options = { retryFailed: true, priorityOf };
  const report = await enqueueFiles(deps, [...new Set(files.map(({ due }) => due))], options, signal);
  const reasons = new Map(report.skipped.map(({ due, reason }) => [due, reason]));
  return [
    ...files.map(({ run, due }) => retriedRun(run, reasons.get(due))),
    ...(await retryTasks(deps, tasks, signal)),
    ...left.map(({ run, reason }) => ({ run, end: 'left' as const, reason })),
  ];
}

/** As in a backfill: after continuous work, small tables first. */
function priorityOf({ product, bytes }: DueFile): number {
  return product === 'statistics' ? backfillPriority(bytes) : 1;
}

async function retryTasks(
  { queue, clock }: EnqueueDependencies,
  tasks: readonly RetriedTask[],
  signal: AbortSignal,
): Promise<RetriedRun[]> {
  const ids = tasks.map(({ jobId }) => jobId);
  const kept = new Map((await queue.find(MONITORING_JOB.queue, ids, signal)).map((job) => [job.id, job]));
  const wanted = tasks.filter(({ jobId }) => {
    const job = kept.get(jobId);
    return job === undefined || reasonToWait(job, { retryFailed: true }, clock.now()) === undefined;
  });
  const requests = wanted.map(({ run, jobId, payload }) => ({
    id: jobId,
    name: kept.get(jobId)?.name ?? subjectOf(run),
    payload,
  }));
  const fresh = requests.filter(({ id }) => !kept.has(id));
  const again = requests.filter(({ id }) => kept.has(id));
  const added = await queue.enqueue(MONITORING_JOB.queue, fresh, signal);
  const renewed = await queue.renew(MONITORING_JOB.queue, again, signal);
  const enqueued = new Set([...added.added, ...renewed.added]);
  return tasks.map(({ run, jobId }) => retriedRun(run, enqueued.has(jobId) ? undefined : 'already queued'));
}

function retriedRun(run: Run, reason: string | undefined): RetriedRun {
  return reason === undefined ? { run, end: 'enqueued' } : { run, end: 'queued', reason };
}
