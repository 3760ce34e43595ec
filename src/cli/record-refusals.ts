/** Files that cannot be made are told in `monitoring.logs` like failed exports, once a day and cause however often it is planned. */
import type { RefusedStatistics } from '../producer/plan-statistics.ts';
import { writeLogRecords } from '../workers/records/write-log-records.ts';
import { eventOfFailure } from '../workers/statistics/export-events.ts';
import type { Parts } from './wire.ts';

const DAY_MS = 86_400_000;

export async function recordRefusals(parts: Parts, refused: readonly RefusedStatistics[]): Promise<void> {
  const day = String(Math.floor(parts.clock.now() / DAY_MS));
  for (const { error, ...target } of refused) {
    const work = ['refused', target.experiment, target.period, error.message, day];
    await writeLogRecords(parts, work, [eventOfFailure(error, target)]);
  }
}
