/** Records files that cannot be made in `monitoring.logs`, like failed exports, once per day and cause. */
import type { LogEvent } from '../../domain/log-record.ts';
import type { ProductPlan } from '../../producer/product-plan.ts';
import { type LogRecordDependencies, writeLogRecords } from '../../workers/records/write-log-records.ts';
import { eventOfFailure } from '../../workers/publish/events.ts';

const DAY_MS = 86_400_000;

export async function recordRefusals(records: LogRecordDependencies, plan: ProductPlan): Promise<void> {
  const day = String(Math.floor(records.clock.now() / DAY_MS));
  for (const { error, ...file } of plan.refused) {
    const work = ['refused', file.product, file.experiment, file.period ?? '', error.message, day];
    await writeLogRecords(records, work, [eventOfFailure(error, file)]);
  }
  for (const record of plan.malformed) {
    // The message has the record's position in the list, which changes.
    const work = ['malformed', record.slug ?? record.error.message, day];
    await writeLogRecords(records, work, [eventOfMalformed(record)]);
  }
}

/** Under the analysis' own names (spec: monitoring, section 1). */
function eventOfMalformed({ slug, error }: ProductPlan['malformed'][number]): LogEvent {
  return {
    ...(slug === undefined ? {} : { experiment: slug }),
    level: 'ERROR',
    message: error.sentence,
    exception: error.message,
    exceptionType: error.exceptionType,
    at: { file: 'experimenter.py', function: 'from_experimenter' },
  };
}
