/** The experiments that are watched: each record of the API that can be read. */
import { z } from 'zod';
import { type WatchedExperiment, watchExperiment } from '../../domain/alerts/inputs.ts';
import { ContrailError } from '../../domain/errors.ts';
import { MICROS_PER_MS } from '../../domain/utc-time.ts';
import type { ExperimentRecords } from '../../ports/experiment-records.ts';
import { readExperimentRecord } from './experiment-record-row.ts';

/** Only the API has it, not the table. */
const Planned = z.object({ proposedDuration: z.int().nullish() });

/** Records that cannot be read are left out: the import reports them. `now` in milliseconds since 1970. */
export async function watchedExperiments(
  source: ExperimentRecords,
  now: number,
  signal: AbortSignal,
): Promise<WatchedExperiment[]> {
  const reply = await source.fetch(signal);
  if (!Array.isArray(reply)) {
    throw new ContrailError('EXPERIMENTS_UNREADABLE', `${source.url} answers with something that is not a list.`);
  }
  return reply.flatMap((record) => {
    const reading = readExperimentRecord(record, now * MICROS_PER_MS);
    if (reading.kind === 'malformed') return [];
    const proposedDuration = Planned.safeParse(record).data?.proposedDuration ?? null;
    return [watchExperiment(reading.row, { proposedDuration })];
  });
}
