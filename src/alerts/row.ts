/** Rows of `alerts_v1`: one per change of an alert; the newest one per `alert_id` is its state (spec: monitoring, section 10). */
import type { AlertSeverity } from './rule.ts';
import { MICROS_PER_MS, parseTimestamp, timestampText } from '../domain/utc-time.ts';

/** `no_data`: it was open at the last evaluation, and its rule cannot be evaluated now. */
export type AlertState = 'open' | 'silenced' | 'resolved' | 'no_data';

/** The columns in the table's order; times are ISO text. */
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
  /** Who silenced it; null: nobody. */
  readonly actor: string | null;
  readonly notified: readonly Delivery[];
  /** A value above this ends the silence. */
  readonly wake_above: number | null;
};

/** A message that was sent for an alert. */
export type Delivery = {
  readonly target: string;
  readonly at: string;
  readonly event: AlertEvent;
  /** What it reported; the same is not sent again. */
  readonly key: string;
};

export type AlertEvent = 'opened' | 'resolved';

/** Rule and subject as one text, as a key. */
export function alertKey({ rule, subject }: { readonly rule: string; readonly subject: string }): string {
  return `${rule} ${subject}`;
}

/** `M1.my-slug.20260115T120000000Z` */
export function alertId(rule: string, subject: string, openedAt: number): string {
  return `${rule}.${subject}.${new Date(openedAt).toISOString().replace(/[-:.]/g, '')}`;
}

/** A silence of a rule and subject, which outlives its alerts. It has a row of its own, which is not an alert. */
export function silenceId(rule: string, subject: string): string {
  return `${rule}.${subject}${RULE_SILENCE}`;
}

/** A silence of one alert, in a row of its own too: a check that runs meanwhile writes the alert's row. */
export function alertSilenceId(alertId: string): string {
  return `${alertId}${ALERT_SILENCE}`;
}

/** Ids of alerts end with a time, so they have neither ending. */
const RULE_SILENCE = '.silence';
const ALERT_SILENCE = '.silence-of-alert';

export function isSilenceRow({ alert_id: id }: Pick<AlertRow, 'alert_id'>): boolean {
  return id.endsWith(RULE_SILENCE) || id.endsWith(ALERT_SILENCE);
}

/** Whether a silence is of this alert: of the alert itself, or of its rule and subject. Absent: an alert that opens now. */
export function isSilenceOf(silence: AlertRow, alertId: string | undefined): boolean {
  const { alert_id: id } = silence;
  return id.endsWith(RULE_SILENCE) || (alertId !== undefined && id === alertSilenceId(alertId));
}

/** The newest row of each id; the rows may be in any order. */
export function newestRows(rows: Iterable<AlertRow>): AlertRow[] {
  const newest = new Map<string, AlertRow>();
  for (const row of rows) {
    const known = newest.get(row.alert_id);
    if (known === undefined || timeOf(row.changed_at) >= timeOf(known.changed_at)) newest.set(row.alert_id, row);
  }
  return [...newest.values()];
}

/** Milliseconds since 1970 of a column; 0 for null and for text that is not a time. */
export function timeOf(text: string | null): number {
  return text === null ? -Infinity : (parseTimestamp(text) ?? -Infinity) / MICROS_PER_MS;
}

export function timeText(epochMs: number): string {
  return timestampText(epochMs * MICROS_PER_MS);
}

/** The time of a change: always later than the previous row's, even if the clock was set back. */
export function changeTime(now: number, before: AlertRow | undefined): string {
  return timeText(before === undefined ? now : Math.max(now, timeOf(before.changed_at) + 1));
}
