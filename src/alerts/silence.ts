/** Silencing: an operator says until when and why an alert sends no messages (spec: pages, section 9). */
import { type AlertRow, changeTime, isSilenceRow, silenceId, timeOf, timeText } from './row.ts';

export interface Silence {
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly reason: string;
  readonly actor: string;
  /** Ends the silence if the value grows by this share (0.5: by half); absent: never. */
  readonly wakeOnGrowth?: number;
}

/** The row that silences one alert. The silence ends with the alert. */
export function silenceAlert(alert: AlertRow, silence: Silence, now: number): AlertRow {
  return { ...alert, ...silenceColumns(alert, silence), state: 'silenced', changed_at: changeTime(now, alert) };
}

/** The row that silences a rule for an alert's subject, even if the alert opens again. `before`: the newest such row. */
export function silenceRule(alert: AlertRow, silence: Silence, now: number, before?: AlertRow): AlertRow {
  return {
    ...alert,
    ...silenceColumns(alert, silence),
    alert_id: silenceId(alert.rule, alert.subject),
    state: 'silenced',
    changed_at: changeTime(now, before),
    opened_at: null,
    last_seen_at: null,
    resolved_at: null,
    notified: [],
  };
}

/** The rows that silence an alert with this value now: its own, or those of its rule and subject. */
export function activeSilence(rows: readonly AlertRow[], value: number | null, now: number): AlertRow | undefined {
  return rows.find((row) => {
    const isSilent = isSilenceRow(row) || row.state === 'silenced';
    const isAwake = row.wake_above !== null && value !== null && value > row.wake_above;
    return isSilent && timeOf(row.silenced_until) > now && !isAwake;
  });
}

function silenceColumns(
  alert: AlertRow,
  { until, reason, actor, wakeOnGrowth }: Silence,
): Pick<AlertRow, 'silenced_until' | 'silence_reason' | 'actor' | 'wake_above'> {
  const canGrow = wakeOnGrowth !== undefined && alert.value !== null;
  return {
    silenced_until: timeText(until),
    silence_reason: reason,
    actor,
    wake_above: canGrow ? (alert.value ?? 0) * (1 + wakeOnGrowth) : null,
  };
}
