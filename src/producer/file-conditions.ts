/** The state of every file as the alert rules want it: with how late it is (spec: pages, section 2). */
import type { FileCondition } from '../domain/alerts/inputs.ts';
import type { JobQueue, KnownJob } from '../ports/job-queue.ts';
import { fileJobs } from './file-states.ts';
import type { DueFile, ProductFile, ProductPlan } from './product-plan.ts';

export interface ConditionRequest {
  readonly plan: Pick<ProductPlan, 'due' | 'skipped' | 'refused'>;
  /** Absent: what jobs are doing stays unknown. */
  readonly queue: JobQueue | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How long a file may be behind its source. */
  readonly lagMs: number;
  readonly signal: AbortSignal;
}

/** A file that cannot be made at all counts as failed. */
export async function fileConditions(request: ConditionRequest): Promise<FileCondition[]> {
  const { plan, queue, signal } = request;
  const jobOf = await fileJobs(plan.due, queue, signal);
  return [
    ...plan.skipped.map((file) => conditionOf(file, { state: 'fresh', lateMs: null, failure: null })),
    ...plan.due.map((due) => conditionOf(due, dueCondition(due, jobOf(due), request))),
    ...plan.refused.map((file) =>
      conditionOf(file, { state: 'failed', lateMs: null, failure: { code: file.error.code, attempts: 0 } }),
    ),
  ];
}

type Condition = Pick<FileCondition, 'state' | 'lateMs' | 'failure'>;

function conditionOf({ experiment, product, period }: ProductFile, condition: Condition): FileCondition {
  return { experiment, product, period: period ?? null, ...condition };
}

function dueCondition(due: DueFile, job: KnownJob | undefined, { now, lagMs }: ConditionRequest): Condition {
  // Where the source's version is no time, planning first saw the change when it asked for the job.
  const changedAt = due.changedAt ?? job?.enqueuedAt ?? now;
  const lateMs = now - changedAt - lagMs;
  const failure = job?.state === 'failed' ? { code: job.failure?.code ?? 'unknown', attempts: job.attempts } : null;
  if (job?.state === 'active') return { state: 'running', lateMs, failure };
  if (failure !== null) return { state: 'failed', lateMs, failure };
  if (lateMs <= 0) return { state: due.reason === 'new' ? 'not due' : 'fresh', lateMs, failure };
  return { state: due.reason === 'new' ? 'never' : 'stale', lateMs, failure };
}
