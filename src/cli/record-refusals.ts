/** Files that cannot be made are told in `monitoring.logs` like failed exports, once a day and cause however often it is planned. */
import type { RefusedStatistics } from '../producer/plan-statistics.ts';
import { type LogRecordDependencies, writeLogRecords } from '../workers/records/write-log-records.ts';
import { eventOfFailure } from '../workers/statistics/export-events.ts';

const DAY_MS = 86_400_000;

export async function recordRefusals(
  records: LogRecordDependencies,
  refused: readonly RefusedStatistics[],
): Promise<void> {
  const day = String(Math.floor(records.clock.now() / DAY_MS));
  for (const { error, ...target } of refused) {
    const work = ['refused', target.experiment, target.period, error.message, day];
    await writeLogRecords(records, work, [eventOfFailure(error, target)]);
  }
}
