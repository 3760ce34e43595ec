/** Reads the alerts for their page: those of the newest check from Redis, those that were resolved from the monitoring tables. */
import { type AlertRow, isSilenceRow, newestRows, timeOf } from '../../alerts/row.ts';
import type { AlertSnapshot, NotedAlert } from '../../alerts/snapshot.ts';
import { ALERTS_TABLE } from '../../domain/monitoring-tables.ts';
import { MICROS_PER_MS, MS_PER_DAY } from '../../domain/utc-time.ts';
import type { AlertIndex } from '../../ports/alert-index.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';
import type { AlertsReading, AlertsSource } from '../../web/pages/alerts/source.ts';
import type { Part } from '../../web/part.ts';
import { ALERT_COLUMNS, readAlertRow } from '../../workers/monitoring/alert-history.ts';
import { KeptParts } from './kept-parts.ts';

export interface AlertsDependencies {
  readonly index: AlertIndex;
  /** Absent if no warehouse is set. */
  readonly reader?: MonitoringReader;
  readonly clock: Clock;
  readonly log: Log;
}

/** A range of days is read once for all who look at it. */
const KEEP_MS = 60_000;
const MOST_RANGES = 8;
/** The newest rows, should there be more. */
const LIMITS = { rows: 5_000, characters: 4_000 };
/** Where no check has left its alerts, their rows are looked for this far back: open alerts are written every hour. */
const UNRESOLVED_DAYS = 35;
const UNRESOLVED = ['open', 'silenced', 'no_data'];

export function alertsSource({ index, reader, clock, log }: AlertsDependencies): AlertsSource {
  const options = { clock, log, keepMs: KEEP_MS, most: MOST_RANGES };
  const redis = new KeptParts<IndexReading>({ ...options, name: 'The newest check of the alerts', keepMs: 0 });
  const stored = new KeptParts<readonly AlertRow[]>({ ...options, name: `The table ${ALERTS_TABLE}` });

  async function rows(
    states: readonly string[],
    since: number,
    signal: AbortSignal,
  ): Promise<Part<readonly AlertRow[]>> {
    if (reader === undefined) return NO_TABLE;
    const day = Math.floor(since / MS_PER_DAY) * MS_PER_DAY;
    const read = (signal: AbortSignal) => readRows(reader, { states, since: day }, signal);
    return stored.get(`${states.join(' ')} ${day}`, read, signal);
  }

  return {
    async read(since, signal) {
      const [ofIndex, resolved] = await Promise.all([
        redis.get('', () => readIndex(index), signal),
        rows(['resolved'], since, signal),
      ]);
      const snapshot = ofIndex.kind === 'read' ? ofIndex.value.snapshot : undefined;
      const now = clock.now();
      const unresolved =
        snapshot === undefined ? await rows(UNRESOLVED, now - UNRESOLVED_DAYS * MS_PER_DAY, signal) : undefined;
      return {
        now,
        checkedAt: snapshot?.checkedAt ?? null,
        ...merged([resolved, unresolved].flatMap(rowsOf), snapshot, since),
        silences: newestRows([
          ...[resolved, unresolved].flatMap(rowsOf).filter(isSilenceRow),
          ...(ofIndex.kind === 'read' ? ofIndex.value.silences : []),
        ]),
        problems: [
          ...problemOf('Redis', ofIndex),
          ...problemOf(`monitoring.${ALERTS_TABLE}`, resolved),
          ...problemOf(`monitoring.${ALERTS_TABLE} (unresolved)`, unresolved),
        ],
      };
    },
    silence: (row) => index.silence(row),
  };
}

interface IndexReading {
  readonly snapshot: AlertSnapshot | undefined;
  readonly silences: readonly AlertRow[];
}

async function readIndex(index: AlertIndex): Promise<IndexReading> {
  const [snapshot, silences] = await Promise.all([index.read(), index.silences()]);
  return { snapshot, silences };
}

const NO_TABLE: Part<readonly AlertRow[]> = {
  kind: 'unread',
  problem: 'No warehouse is configured, so there are no monitoring tables.',
};

async function readRows(
  reader: MonitoringReader,
  { states, since }: { readonly states: readonly string[]; readonly since: number },
  signal: AbortSignal,
): Promise<readonly AlertRow[]> {
  const request = {
    table: ALERTS_TABLE,
    columns: ALERT_COLUMNS,
    since: { column: 'changed_at', from: since * MICROS_PER_MS },
    among: { column: 'state', values: states },
    limits: LIMITS,
  };
  const rows = await reader.rows(request, signal);
  return newestRows(rows.flatMap((row) => readAlertRow(row) ?? []));
}

/** The newest of each alert; of equally new ones the check's, which has the current numbers. */
function merged(
  stored: readonly AlertRow[],
  snapshot: AlertSnapshot | undefined,
  since: number,
): Pick<AlertsReading, 'alerts'> {
  const noted = new Map(snapshot?.alerts.map((alert): [string, NotedAlert] => [alert.row.alert_id, alert]));
  const rows = newestRows([
    ...stored.filter((row) => !isSilenceRow(row)),
    ...[...noted.values()].map(({ row }) => row),
  ]);
  const wanted = rows.filter((row) => row.state !== 'resolved' || timeOf(row.resolved_at) >= since);
  return { alerts: wanted.map((row) => ({ row, problem: noted.get(row.alert_id)?.problem ?? null })) };
}

function rowsOf(part: Part<readonly AlertRow[]> | undefined): readonly AlertRow[] {
  return part?.kind === 'read' ? part.value : [];
}

function problemOf(name: string, part: Part<unknown> | undefined): AlertsReading['problems'] {
  if (part === undefined) return [];
  const problem = part.kind === 'unread' ? part.problem : part.trouble;
  return problem === undefined ? [] : [{ name, problem }];
}
