/** Reads the inputs of the enrollment rules for their page, as the check of the alerts does. */
import type { AlertInputs, Reading, SourceName } from '../../alerts/inputs.ts';
import type { RuleLimits } from '../../alerts/rule.ts';
import type { ByteLimit } from '../../domain/byte-limit.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExperimentsApi } from '../../ports/experiments-api.ts';
import type { Log } from '../../ports/log.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { DatedEnrollments, EnrollmentsReading, EnrollmentsSource } from '../../web/pages/enrollments/source.ts';
import { KeptEnrollmentFunnel } from '../../workers/monitoring/enrollment-funnel-object.ts';
import { KeptEnrollmentHistory } from '../../workers/monitoring/enrollment-history.ts';
import { readEnrollmentInputs } from '../../workers/monitoring/enrollment-inputs.ts';
import { KeptParts } from './kept-parts.ts';

export interface EnrollmentsDependencies {
  readonly experimentRecords: Pick<ExperimentsApi, 'url' | 'fetch'>;
  readonly store: ObjectStore;
  readonly countsLimit: ByteLimit;
  readonly funnelLimit: ByteLimit;
  /** Thresholds by rule that differ from the defaults. */
  readonly limits: Readonly<Record<string, RuleLimits>>;
  readonly clock: Clock;
  readonly log: Log;
}

/** The objects are made daily, and the experiments are kept for a while anyway. */
const KEEP_MS = 60_000;
const HISTORY_KEEP_MS = 10 * 60_000;
const MOST_HISTORIES = 200;

export function enrollmentsSource(deps: EnrollmentsDependencies): EnrollmentsSource {
  const { experimentRecords, store, countsLimit, funnelLimit, limits, clock, log } = deps;
  const funnel = new KeptEnrollmentFunnel({ store, limit: funnelLimit });
  const history = new KeptEnrollmentHistory({ store, limit: countsLimit });
  const sources = {
    experimentRecords,
    store,
    countsLimit,
    funnel: (signal: AbortSignal) => funnel.read(signal),
  };
  const readings = new KeptParts<EnrollmentsReading>({ clock, log, name: 'The enrollments', keepMs: KEEP_MS, most: 1 });
  const histories = new KeptParts<DatedEnrollments>({
    clock,
    log,
    name: 'The enrollment counts of the last days',
    keepMs: HISTORY_KEEP_MS,
    most: MOST_HISTORIES,
  });
  return {
    read: (signal) =>
      readings.get(
        '',
        async (signal) => {
          const now = clock.now();
          const { unread: _, ...inputs } = await readEnrollmentInputs(sources, now, signal);
          return { inputs: { now, sources: { ...NOT_READ, ...inputs } }, limits };
        },
        signal,
      ),
    history: (slug, signal) => histories.get(slug, (signal) => history.read(slug, signal), signal),
  };
}

const UNUSED: Reading<never> = { kind: 'missing', reason: 'no enrollment rule needs it' };
type Unused = Exclude<SourceName, 'experiments' | 'enrollmentCounts' | 'enrollmentFunnel'>;
const NOT_READ: Pick<AlertInputs['sources'], Unused> = {
  metricHub: UNUSED,
  errors: UNUSED,
  objects: UNUSED,
  tables: UNUSED,
  queries: UNUSED,
  runs: UNUSED,
  files: UNUSED,
  records: UNUSED,
  throttling: UNUSED,
  logs: UNUSED,
  watchedQueries: UNUSED,
};
