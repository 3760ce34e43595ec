/** What the newest check found, for pages: unresolved alerts with the current numbers, and those resolved lately. */
import { type AlertRow, isSilenceOf, isSilenceRow, newestRows, timeOf } from './row.ts';
import { currentSilence } from './silence.ts';
import type { SteppedAlert } from './state.ts';
import { MS_PER_DAY } from '../domain/utc-time.ts';

export interface AlertSnapshot {
  /** When the check ran, milliseconds since 1970. */
  readonly checkedAt: number;
  readonly alerts: readonly NotedAlert[];
}

export interface NotedAlert {
  readonly row: AlertRow;
  /** Why its rule cannot be evaluated now; null: it can. */
  readonly problem: string | null;
}

/** An alert resolved by this check or shortly before it may not be readable in the warehouse yet. */
const RESOLVED_FOR_MS = MS_PER_DAY;

export interface SnapshotRequest {
  readonly alerts: readonly SteppedAlert[];
  /** The newest rows before the check. */
  readonly previous: readonly AlertRow[];
  /** The rows that the check wrote. */
  readonly written: readonly AlertRow[];
  readonly now: number;
}

/** The snapshot of a check that has just ended. */
export function alertSnapshot({ alerts, previous, written, now }: SnapshotRequest): AlertSnapshot {
  const deliveries = new Map(written.map((row) => [row.alert_id, row]));
  const current = alerts.map(({ latest, problem }): NotedAlert => {
    const { changed_at, notified } = deliveries.get(latest.alert_id) ?? latest;
    return { row: { ...latest, changed_at, notified }, problem };
  });
  const known = new Set(current.map(({ row }) => row.alert_id));
  const resolved = newestRows([...previous, ...written]).filter(
    (row) => !known.has(row.alert_id) && row.state === 'resolved' && !isSilenceRow(row),
  );
  const lately = resolved.filter((row) => timeOf(row.resolved_at) > now - RESOLVED_FOR_MS);
  return { checkedAt: now, alerts: [...current, ...lately.map((row) => ({ row, problem: null }))] };
}

/** How many alerts are open and how many silenced, with silences that the next check will find. */
export function countAlerts(
  { alerts }: AlertSnapshot,
  silences: readonly AlertRow[],
  now: number,
): { readonly open: number; readonly silenced: number; readonly noData: number } {
  const unresolved = alerts.map(({ row }) => row).filter((row) => row.state !== 'resolved');
  const states = unresolved.map((row) => stateWith(row, silences, now));
  const count = (state: AlertRow['state']): number => states.filter((one) => one === state).length;
  return { open: count('open'), silenced: count('silenced'), noData: count('no_data') };
}

/** The state of an alert with silences and lifted silences that no check has found yet. */
export function stateWith(row: AlertRow, silences: readonly AlertRow[], now: number): AlertRow['state'] {
  if (silenceWith(row, silences, now) !== undefined) return 'silenced';
  return row.state === 'silenced' ? 'open' : row.state;
}

/** The row that silences an alert: of somebody's silence, or its own, with what the check wrote there. */
export function silenceWith(row: AlertRow, silences: readonly AlertRow[], now: number): AlertRow | undefined {
  if (row.state === 'resolved') return undefined;
  const own = silencesOf(row, silences);
  const found = currentSilence(own, { alert: row, value: row.value, now });
  if (found?.isWoken === false) return found.silence;
  const isStill = row.state === 'silenced' && timeOf(row.silenced_until) > now;
  return isStill && !own.some((silence) => isLiftedSince(silence, row)) ? row : undefined;
}

/** Whether the silence that the row copies was lifted after it was written. */
function isLiftedSince(silence: AlertRow, row: AlertRow): boolean {
  const isSame = isSilenceOf(silence, row.alert_id) && silence.silence_reason === row.silence_reason;
  return isSame && silence.state === 'resolved' && timeOf(silence.changed_at) > timeOf(row.changed_at);
}

/** The silences of the alert's rule and subject. */
export function silencesOf(row: AlertRow, silences: readonly AlertRow[]): AlertRow[] {
  return silences.filter(({ rule, subject }) => rule === row.rule && subject === row.subject);
}
