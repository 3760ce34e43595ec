/** Reads the inputs of the alert rules. One that cannot be read is missing and does not stop the others. */
import type {
  AlertInputs,
  FileCondition,
  QueueThrottling,
  Reading,
  SourceValues,
  WaitingRecords,
  WatchedExperiment,
} from '../../alerts/inputs.ts';
import type { QueryExport } from '../../domain/query-export/query-export.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';
import type { StatisticsSource } from '../../ports/statistics-source.ts';
import { type EnrollmentSourceDependencies, readEnrollmentInputs } from './enrollment-inputs.ts';
import { errorsByExperiment, logCounts, readRecentLogs } from './recent-logs.ts';
import { watchedQueries } from './query-runs.ts';
import { mapped, reading, withUnread } from './readings.ts';
import { recentQueries, recentRuns } from './recent-costs.ts';
import { tableChanges } from './table-changes.ts';

export interface AlertSourceDependencies extends EnrollmentSourceDependencies {
  readonly source: Pick<StatisticsSource, 'listTables' | 'describeTables'>;
  readonly reader: MonitoringReader;
  readonly clock: WallClock;
  readonly log: Log;
  /** The state of every file, from planning and the queue. */
  readonly files: (signal: AbortSignal) => Promise<FileReading>;
  /** Tells whether metric-hub leaves an experiment out of the analysis or keeps it private. Rejects if it cannot be read. */
  readonly leftOut: (signal: AbortSignal) => Promise<(experiment: WatchedExperiment) => boolean>;
  /** How long before its first table an analysis begins. */
  readonly analysisLeadMs: number;
  /** The configured queries. */
  readonly queries: readonly QueryExport[];
  /** Rows that wait to be written to the warehouse. */
  readonly waiting: () => Promise<readonly WaitingRecords[]>;
  readonly throttling: () => Promise<readonly QueueThrottling[]>;
}

export interface FileReading {
  readonly files: readonly FileCondition[];
  /** Experiments whose record cannot be read, so that some of their files are unknown. */
  readonly unread: ReadonlySet<string>;
}

/** All inputs, all of about now. Throws only on abort. */
export async function readAlertInputs(deps: AlertSourceDependencies, signal: AbortSignal): Promise<AlertInputs> {
  const { store, reader, clock } = deps;
  const now = clock.now();
  const enrollment = await readEnrollmentInputs(deps, now, signal);
  const { experiments, enrollmentCounts, enrollmentFunnel, unread } = enrollment;
  const files = await reading(signal, now, () => deps.files(signal));
  const objects = await reading(signal, now, () => store.list('statistics/', signal));
  const tables = await reading(signal, now, () => tableChanges(deps, () => valueOf(objects), signal));
  const logs = await reading(signal, now, async () => {
    const { rows, warning } = await readRecentLogs(reader, now, signal);
    if (warning !== undefined) deps.log.warn({ problem: warning }, 'alerts use only a part of the log rows');
    return rows;
  });
  return {
    now,
    sources: {
      experiments,
      metricHub: await reading(signal, now, async () => {
        const listed = valueOf(experiments);
        const isLeftOut = listed.length === 0 ? () => false : await deps.leftOut(signal);
        return { leftOut: new Set(listed.filter(isLeftOut).map(({ slug }) => slug)) };
      }),
      enrollmentCounts,
      enrollmentFunnel,
      errors: withUnread(
        await reading(signal, now, async () =>
          errorsByExperiment({
            rows: valueOf(logs),
            slugs: slugsOf(experiments),
            tables: valueOf(tables),
            metadataFiles: await store.list('metadata/', signal),
            analysisLeadMs: deps.analysisLeadMs,
          }),
        ),
        unread,
      ),
      objects: mapped(objects, (list) => new Set(list.map((object) => object.name))),
      tables,
      queries: withUnread(
        await reading(signal, now, async () => {
          const slugs = slugsOf(experiments);
          return recentQueries(reader, { slugs, tables: tables.kind === 'read' ? tables.value : [], now, signal });
        }),
        unread,
      ),
      runs: await reading(signal, now, () => recentRuns(reader, now, signal)),
      files: mapped(files.kind === 'read' ? withUnread(files, files.value.unread) : files, (value) => value.files),
      records: await reading(signal, now, () => deps.waiting()),
      throttling: await reading(signal, now, () => deps.throttling()),
      logs: mapped(logs, (rows) => logCounts(rows, now)),
      watchedQueries: await reading(signal, now, () => watchedQueries(reader, deps.queries, { now, signal })),
    } satisfies { [Name in keyof SourceValues]: Reading<SourceValues[Name]> },
  };
}

/**
 * A source on which another one depends. If it is missing, the other one is missing too: as an empty one it would resolve
 * all alerts about its subjects.
 */
function valueOf<Value>(reading: Reading<Value>): Value {
  if (reading.kind === 'read') return reading.value;
  throw new Error(reading.reason);
}

function slugsOf(experiments: Reading<readonly { readonly slug: string }[]>): string[] {
  return valueOf(experiments).map(({ slug }) => slug);
}
