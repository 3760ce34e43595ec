/** The watched experiments: all readable records of the API, and the names of unreadable ones. */
import { type WatchedExperiment, watchExperiment } from '../../alerts/inputs.ts';
import { ContrailError } from '../../domain/errors.ts';
import { MICROS_PER_MS } from '../../domain/utc-time.ts';
import type { ExperimentsApi } from '../../ports/experiments-api.ts';
import { resultsOf } from '../../experiment-record/results-view.ts';
import { readExperimentRecord } from './experiment-record-row.ts';

export interface WatchedList {
  readonly watched: readonly WatchedExperiment[];
  /** Names of experiments whose record cannot be read, if it has one; the import reports them. */
  readonly unread: ReadonlySet<string>;
}

/** `now` in milliseconds since 1970. */
export async function watchedExperiments(
  experimentRecords: Pick<ExperimentsApi, 'url' | 'fetch'>,
  now: number,
  signal: AbortSignal,
): Promise<WatchedList> {
  const reply = await experimentRecords.fetch(signal);
  if (!Array.isArray(reply)) {
    throw new ContrailError('EXPERIMENTS_UNREADABLE', `${experimentRecords.url} did not reply with a list.`);
  }
  const watched: WatchedExperiment[] = [];
  const unread = new Set<string>();
  for (const record of reply) {
    const reading = readExperimentRecord(record, now * MICROS_PER_MS);
    if (reading.kind === 'row') {
      const { proposedDuration, isHoldback, doRerun, rerunRequestedAt } = resultsOf(record);
      watched.push(watchExperiment(reading.row, { proposedDuration, isHoldback, doRerun, rerunRequestedAt }));
    } else if (reading.slug !== null) unread.add(reading.slug);
  }
  for (const { slug } of watched) unread.delete(slug);
  return { watched, unread };
}
