/** One scan: plan what has changed, record what cannot be done, enqueue the rest. */
import { type EnqueueReport, enqueueStatistics } from '../producer/enqueue-statistics.ts';
import { planStatistics } from '../producer/plan-statistics.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import type { RecordTaker } from '../ports/record-sink.ts';
import { recordRefusals } from './record-refusals.ts';
import type { Parts } from './wire.ts';

const EVERYTHING = { experiments: [], periods: [], apps: [], force: false } as const;

export interface ScanRequest {
  readonly queue: JobQueue;
  /** Where the log rows of what cannot be done go. */
  readonly records: RecordTaker;
  readonly signal: AbortSignal;
}

export async function scanOnce(parts: Parts, { queue, records, signal }: ScanRequest): Promise<EnqueueReport> {
  const plan = await planStatistics({ ...parts, api: parts.experiments }, EVERYTHING, signal);
  for (const problem of plan.problems)
    parts.log.warn({ code: problem.code, problem: problem.sentence }, 'planning with less');
  await recordRefusals({ ...parts, sink: records }, plan.refused);
  const report = await enqueueStatistics({ queue, clock: parts.clock }, plan.due, { retryFailed: false }, signal);
  parts.log.info(
    {
      due: plan.due.length,
      current: plan.skipped.length,
      refused: plan.refused.length,
      enqueued: report.enqueued.length,
      waiting: report.skipped.length,
    },
    'scanned',
  );
  return report;
}
