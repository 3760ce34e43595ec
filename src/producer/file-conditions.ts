/** The state of every file for the alert rules, with its lag (spec: pages, section 2). */
import type { FileCondition } from '../alerts/inputs.ts';
import type { JobQueue, KnownJob } from '../ports/job-queue.ts';
import type { MonitoringReader } from '../ports/monitoring-reader.ts';
import { type FailedRun, failedRuns } from './failed-runs.ts';
import { fileJobs } from './file-states.ts';
import type { DueFile, ProductFile, ProductPlan } from './product-plan.ts';

export interface ConditionRequest {
  readonly plan: Pick<ProductPlan, 'due' | 'skipped' | 'refused'>;
  /** Absent: the states of jobs are unknown. */
  readonly queue: JobQueue | undefined;
  /** Failures that the queue no longer has. */
  readonly reader: MonitoringReader;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The allowed lag of a file behind its source. */
  readonly lagMs: number;
  readonly signal: AbortSignal;
}

/** A file that cannot be made counts as failed. */
export async function fileConditions(request: ConditionRequest): Promise<FileCondition[]> {
  const { plan, queue, reader, now, signal } = request;
  const jobOf = await fileJobs(plan.due, queue, signal);
  const forgotten = plan.due.filter((due) => jobOf(due)?.failure === undefined);
  const failedRunOf = await failedRuns({ reader, now }, forgotten, signal);
  return [
    ...plan.skipped.map((file) => {
      const { lacking } = file;
      const hasFile = lacking === undefined || lacking.publishedAt !== undefined;
      return conditionOf(file, { state: lacking?.kind ?? 'fresh', lateMs: null, failure: null, hasFile });
    }),
    ...plan.due.map((due) =>
      conditionOf(due, dueCondition(due, { job: jobOf(due), failedRun: failedRunOf(due) }, request)),
    ),
    ...plan.refused.map((file) =>
      conditionOf(file, {
        state: 'failed',
        lateMs: null,
        failure: { code: file.error.code, attempts: 0 },
        hasFile: file.hasFile ?? null,
      }),
    ),
  ];
}

type Condition = Pick<FileCondition, 'state' | 'lateMs' | 'failure' | 'hasFile'>;

function conditionOf({ experiment, product, period }: ProductFile, condition: Condition): FileCondition {
  return { experiment, product, period: period ?? null, ...condition };
}

interface KnownRuns {
  readonly job: KnownJob | undefined;
  readonly failedRun: FailedRun | undefined;
}

function dueCondition(due: DueFile, { job, failedRun }: KnownRuns, { now, lagMs }: ConditionRequest): Condition {
  // If the version is not a time, use the time at which planning first enqueued the job.
  const changedAt = due.changedAt ?? job?.enqueuedAt ?? now;
  const lateMs = now - changedAt - lagMs;
  const failure =
    failureOf(job) ?? (failedRun === undefined ? null : { code: failedRun.code, attempts: failedRun.attempts });
  const facts = { lateMs, failure, hasFile: due.reason !== 'new' };
  if (job?.state === 'active') return { state: 'running', ...facts };
  if (failure !== null) return { state: 'failed', ...facts };
  if (lateMs <= 0) return { state: due.reason === 'new' ? 'not due' : 'fresh', ...facts };
  return { state: due.reason === 'new' ? 'never' : 'stale', ...facts };
}

function failureOf(job: KnownJob | undefined): FileCondition['failure'] {
  return job?.state === 'failed' ? { code: job.failure?.code ?? 'unknown', attempts: job.attempts } : null;
}
