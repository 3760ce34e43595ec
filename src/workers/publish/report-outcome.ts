/** Tells how a job that publishes has ended: on the board, and in `monitoring.logs`. */
import { attemptParts } from '../../domain/log-record.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import type { JobContext } from '../../ports/job-handler.ts';
import { type LogRecordDependencies, writeLogRecords } from '../records/write-log-records.ts';
import { describeOutcome } from './describe-outcome.ts';
import type { Published } from './publish.ts';

interface EndedAttempt {
  readonly product: 'statistics' | 'metadata' | 'errors';
  readonly context: JobContext;
}

/** Log rows are written once for each attempt, however often that is repeated. */
export async function reportOutcome(
  records: LogRecordDependencies,
  { product, context }: EndedAttempt,
  { outcome, events }: Published,
): Promise<JobOutcome> {
  context.log(describeOutcome(outcome));
  await writeLogRecords(records, [product, ...attemptParts(context)], events);
  return outcome;
}
