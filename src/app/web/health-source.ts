/** Reads what the health page shows: files and queues from Redis, the rest from the monitoring tables in the background. */
import type { AlertIndex } from '../../ports/alert-index.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { QueueWatch } from '../../ports/queue-watch.ts';
import type { HealthSource } from '../../web/pages/health/health-source.ts';
import { readAlertCounts } from './read-alert-counts.ts';
import { type HealthFilesReading, readHealthFiles } from './read-health-files.ts';
import { type HealthRecordSources, readHealthRecords } from './read-health-records.ts';
import { RefreshedPart } from './refreshed-part.ts';

export interface HealthDependencies extends HealthFilesReading, Omit<HealthRecordSources, 'reader' | 'sums' | 'clock'> {
  readonly watch: Pick<QueueWatch, 'look'>;
  readonly alerts: Pick<AlertIndex, 'read' | 'silences'>;
  /** Absent if no warehouse is set. */
  readonly records?: Pick<HealthRecordSources, 'reader' | 'sums'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often Redis is asked, whoever looks. */
const SNAPSHOT_MS = 15_000;
const SNAPSHOT_USABLE_MS = 60_000;
const REDIS_WAIT_MS = 10_000;
/** How often the monitoring tables are asked. */
const RECORDS_MS = 10 * 60_000;
/** Most answers come in less; later ones are there for the next reader. */
const RECORDS_WAIT_MS = 2_000;

const NO_RECORDS = {
  kind: 'unread',
  problem: 'No warehouse is configured, so there are no monitoring tables.',
} as const;

export function healthSource(dependencies: HealthDependencies): HealthSource {
  const { watch, alerts: alertIndex, records, stage, clock, log, lagMs } = dependencies;
  const redis = { clock, log, everyMs: SNAPSHOT_MS, usableMs: SNAPSHOT_USABLE_MS, waitMs: REDIS_WAIT_MS };
  const files = new RefreshedPart({
    ...redis,
    name: 'The states of files',
    read: (signal) => readHealthFiles(dependencies, signal),
  });
  const queues = new RefreshedPart({
    ...redis,
    name: 'The queues',
    read: async () => (await watch.look()).queues,
  });
  const alerts = new RefreshedPart({
    ...redis,
    name: 'The alerts',
    read: () => readAlertCounts(alertIndex, clock),
  });
  const sources = records && { ...records, ...(stage === undefined ? {} : { stage }), clock };
  const tables =
    sources &&
    new RefreshedPart({
      clock,
      log,
      name: 'The monitoring tables',
      everyMs: RECORDS_MS,
      waitMs: RECORDS_WAIT_MS,
      read: (signal) => readHealthRecords(sources, signal),
    });
  return {
    async read(signal) {
      const [ofFiles, ofQueues, ofAlerts, ofTables] = await Promise.all([
        files.get(signal),
        queues.get(signal),
        alerts.get(signal),
        tables?.get(signal) ?? NO_RECORDS,
      ]);
      return { now: clock.now(), lagMs, files: ofFiles, queues: ofQueues, alerts: ofAlerts, records: ofTables };
    },
  };
}
