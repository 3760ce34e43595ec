/** Silencing: an operator says until when and why an alert sends no messages (spec: pages, section 9). */
import {
  type AlertRow,
  alertSilenceId,
  changeTime,
  isSilenceOf,
  isSilenceRow,
  silenceId,
  timeOf,
  timeText,
} from './row.ts';
import { MS_PER_DAY } from '../domain/utc-time.ts';

export interface Silence {
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly reason: string;
  readonly actor: string;
  /** Ends the silence if the value grows by this share (0.5: by half); absent: never. */
  readonly wakeOnGrowth?: number;
}

/** The row that silences one alert. The silence ends with the alert. `before`: the newest such row. */
export function silenceAlert(alert: AlertRow, silence: Silence, now: number, before?: AlertRow): AlertRow {
  return silenceRow(alertSilenceId(alert.alert_id), { alert, silence, now, before });
}

/** The row that silences a rule for an alert's subject, even if the alert opens again. `before`: the newest such row. */
export function silenceRule(alert: AlertRow, silence: Silence, now: number, before?: AlertRow): AlertRow {
  return silenceRow(silenceId(alert.rule, alert.subject), { alert, silence, now, before });
}

/** The row that ends a silence early. It keeps the reason; `actor` is whoever ends it. */
export function liftSilence(silence: AlertRow, actor: string, now: number): AlertRow {
  const at = changeTime(now, silence);
  return { ...silence, state: 'resolved', changed_at: at, silenced_until: at, resolved_at: at, actor };
}

export interface SilenceQuestion {
  /** The alert; absent: it opens now. */
  readonly alert: AlertRow | undefined;
  readonly value: number | null;
  readonly now: number;
}

export interface SilenceAnswer {
  readonly silence: AlertRow;
  /** The value has grown beyond what was silenced, so the alert is open again. */
  readonly isWoken: boolean;
}

/** The silence that an alert has now, among rows of its rule and subject. Of several the one that ends last. */
export function currentSilence(rows: readonly AlertRow[], question: SilenceQuestion): SilenceAnswer | undefined {
  const found = rows
    .filter((row) => concerns(row, question))
    .map((silence) => ({ silence, isWoken: isWoken(silence, question) }))
    .toSorted((a, b) => Number(a.isWoken) - Number(b.isWoken) || endOf(b) - endOf(a));
  return found[0];
}

function concerns(row: AlertRow, { alert, now }: SilenceQuestion): boolean {
  if (!isSilenceRow(row) || !isSilenceOf(row, alert?.alert_id)) return false;
  return row.state === 'silenced' && timeOf(row.silenced_until) > now;
}

function endOf({ silence }: SilenceAnswer): number {
  return timeOf(silence.silenced_until);
}

/** An alert that was woken stays awake, also when its value falls again. */
function isWoken(silence: AlertRow, { alert, value }: SilenceQuestion): boolean {
  const { wake_above } = silence;
  if (wake_above === null) return false;
  const wasWoken =
    alert !== undefined && alert.state !== 'silenced' && timeOf(alert.silenced_until) > timeOf(silence.changed_at);
  return wasWoken || (value !== null && value > wake_above);
}

interface SilenceRequest {
  readonly alert: AlertRow;
  readonly silence: Silence;
  readonly now: number;
  readonly before: AlertRow | undefined;
}

function silenceRow(id: string, { alert, silence, now, before }: SilenceRequest): AlertRow {
  const { until, reason, actor, wakeOnGrowth } = silence;
  const canGrow = wakeOnGrowth !== undefined && alert.value !== null;
  return {
    ...alert,
    alert_id: id,
    state: 'silenced',
    changed_at: changeTime(now, before),
    opened_at: null,
    last_seen_at: null,
    resolved_at: null,
    notified: [],
    silenced_until: timeText(until),
    silence_reason: reason,
    actor,
    wake_above: canGrow ? (alert.value ?? 0) * (1 + wakeOnGrowth) : null,
  };
}

/** Silences are kept a day beyond their end, so that a check that was late still finds what became of them. */
export function isForgotten(silence: AlertRow, now: number): boolean {
  return timeOf(silence.silenced_until) < now - MS_PER_DAY;
}
