/**
 * Writes problems of experiments to `monitoring.logs`. If that fails, the work continues, and only the process log has the
 * problem.
 */
import { errorText } from '../../domain/errors.ts';
import { type LogEvent, LOGS_TABLE, recordBatchId, toLogRecord } from '../../domain/log-record.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { RecordTaker } from '../../ports/record-sink.ts';

/** Time limit for writing; records are written even if their job was aborted. */
const LONGEST_WRITE_MS = 15_000;

export interface LogRecordDependencies {
  readonly sink: RecordTaker;
  readonly clock: Clock;
  readonly log: Log;
}

/** Writes events as one batch. `work` identifies their job, so that a repetition writes nothing twice. */
export async function writeLogRecords(
  { sink, clock, log }: LogRecordDependencies,
  work: readonly string[],
  events: readonly LogEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => ({ ...toLogRecord(event, clock.now()) }));
  try {
    const batch = { id: recordBatchId([LOGS_TABLE, ...work]), table: LOGS_TABLE, rows };
    await sink.append(batch, clock.timeout(LONGEST_WRITE_MS));
  } catch (error) {
    log.error({ problem: errorText(error), rows }, 'log records could not be written');
  }
}
