/**
 * What went wrong with an experiment goes to `monitoring.logs` (design, section 8). A log that cannot be written never
 * stops the work: the line then only goes to the people who run Contrail.
 */
import { errorText } from '../../domain/errors.ts';
import { type LogEvent, LOGS_TABLE, recordBatchId, toLogRecord } from '../../domain/log-record.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { RecordTaker } from '../../ports/record-sink.ts';

/** Records are written also when the work they tell of was aborted; so long they may take. */
const LONGEST_WRITE_MS = 15_000;

export interface LogRecordDependencies {
  readonly sink: RecordTaker;
  readonly clock: Clock;
  readonly log: Log;
}

/** Writes events as one batch. `work` names the work they came from: a repeat of it writes them no second time. */
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
