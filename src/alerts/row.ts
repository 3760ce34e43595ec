/** Rows of `alerts_v1`: one for each change of an alert; the newest of an `alert_id` is its state (spec: monitoring, section 10). */
import type { AlertSeverity } from './rule.ts';
import { MICROS_PER_MS, parseTimestamp, timestampText } from '../domain/utc-time.ts';

/** `no_data`: it was open when its rule could be evaluated last, and nobody can tell now. */
export type AlertState = 'open' | 'silenced' | 'resolved' | 'no_data';

/** The columns in the order of the table; times are ISO text. */
export type AlertRow = {
  readonly changed_at: string;
  readonly alert_id: string;
  readonly rule: string;
  readonly severity: AlertSeverity;
  readonly subject: string;
  readonly state: AlertState;
  readonly opened_at: string | null;
  readonly last_seen_at: string | null;
  readonly resolved_at: string | null;
  readonly value: number | null;
  readonly threshold: number | null;
  readonly formula: string | null;
  readonly summary: string | null;
  readonly link: string | null;
  readonly silenced_until: string | null;
  readonly silence_reason: string | null;
  /** Who silenced it; null where nobody has. */
  readonly actor: string | null;
  readonly notified: readonly Delivery[];
  /** A value above this wakes a silenced alert. */
  readonly wake_above: number | null;
};

/** A message that was sent about an alert. */
export type Delivery = {
  readonly target: string;
  readonly at: string;
  readonly event: AlertEvent;
  /** What was told; the same is not told again. */
  readonly key: string;
};

export type AlertEvent = 'opened' | 'resolved';

/** Rule and subject as one text, for look-ups. */
export function alertKey({ rule, subject }: { readonly rule: string; readonly subject: string }): string {
  return `${rule} ${subject}`;
}

/** Entries by a key of theirs, each group in the order of the entries. */
export function groupBy<Entry>(entries: Iterable<Entry>, keyOf: (entry: Entry) => string): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const group = groups.get(keyOf(entry));
    if (group === undefined) groups.set(keyOf(entry), [entry]);
    else group.push(entry);
  }
  return groups;
}

/** `M1.my-slug.20260115T120000000Z` */
export function alertId(rule: string, subject: string, openedAt: number): string {
  return `${rule}.${subject}.${new Date(openedAt).toISOString().replace(/[-:.]/g, '')}`;
}

/** A silence of a rule for a subject, which outlives its alerts, has a row of its own that is no alert. */
export function silenceId(rule: string, subject: string): string {
  return `${rule}.${subject}.silence`;
}

export function isSilenceRow(row: AlertRow): boolean {
  return row.alert_id === silenceId(row.rule, row.subject);
}

/** The newest row of each id, whatever the order of the rows. */
export function newestRows(rows: Iterable<AlertRow>): AlertRow[] {
  const newest = new Map<string, AlertRow>();
  for (const row of rows) {
    const known = newest.get(row.alert_id);
    if (known === undefined || timeOf(row.changed_at) >= timeOf(known.changed_at)) newest.set(row.alert_id, row);
  }
  return [...newest.values()];
}

/** Milliseconds since 1970 of a column; null and what is no time are long ago. */
export function timeOf(text: string | null): number {
  return text === null ? -Infinity : (parseTimestamp(text) ?? -Infinity) / MICROS_PER_MS;
}

export function timeText(epochMs: number): string {
  return timestampText(epochMs * MICROS_PER_MS);
}

/** The time of a change: always after the row that it follows, also when a clock is set back. */
export function changeTime(now: number, before: AlertRow | undefined): string {
  return timeText(before === undefined ? now : Math.max(now, timeOf(before.changed_at) + 1));
}
