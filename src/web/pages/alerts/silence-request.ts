/** What an operator asks for who silences an alert (spec: pages, section 9). */
import type { AlertRow } from '../../../alerts/row.ts';
import { type Silence, silenceAlert, silenceRule } from '../../../alerts/silence.ts';
import { printable } from '../../../domain/terminal-text.ts';
import { dayOf, MS_PER_DAY, MS_PER_HOUR } from '../../../domain/utc-time.ts';

export const SILENCE_SCOPES = ['alert', 'rule'] as const;
export const SILENCE_ENDS = ['1h', '1d', '7d', 'date'] as const;
export const LONGEST_SILENCE_DAYS = 30;
/** The silence ends if the value grows by this share. */
export const WAKE_GROWTH = 0.5;
const LONGEST_REASON = 500;

/** As it comes: from a form, or from the API. */
export interface SilenceFields {
  readonly scope: (typeof SILENCE_SCOPES)[number];
  readonly reason: string;
  readonly end: (typeof SILENCE_ENDS)[number];
  /** `2026-01-20`, for the end `date`. */
  readonly date?: string | undefined;
  readonly wake?: boolean | undefined;
}

export type SilenceAnswer =
  | { readonly kind: 'row'; readonly row: AlertRow }
  /** `problem`: a sentence about the field. */
  | { readonly kind: 'refused'; readonly field: keyof SilenceFields; readonly problem: string };

export interface SilenceContext {
  readonly alert: AlertRow;
  /** The newest rows of all silences. */
  readonly silences: readonly AlertRow[];
  readonly actor: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The row that silences the alert as asked, or why not. */
export function silenceRequested(fields: SilenceFields, context: SilenceContext): SilenceAnswer {
  const { alert, silences, actor, now } = context;
  const reason = printable(fields.reason.trim());
  if (reason === '') return refused('reason', 'Give a reason: whoever misses the alert reads it.');
  if (reason.length > LONGEST_REASON)
    return refused('reason', `The reason is longer than ${LONGEST_REASON} characters.`);
  const until = endOf(fields, now);
  if (typeof until !== 'number') return until;
  if (fields.wake === true && !canGrow(alert)) {
    return refused('wake', 'This alert does not get worse when its value grows.');
  }
  const silence: Silence = { until, reason, actor, ...(fields.wake === true ? { wakeOnGrowth: WAKE_GROWTH } : {}) };
  const make = fields.scope === 'alert' ? silenceAlert : silenceRule;
  const row = make(alert, silence, now);
  const before = silences.find((known) => known.alert_id === row.alert_id);
  return { kind: 'row', row: before === undefined ? row : make(alert, silence, now, before) };
}

/** Whether a larger value is worse: those that fail below their threshold have none to grow from. */
export function canGrow({ value, threshold }: Pick<AlertRow, 'value' | 'threshold'>): boolean {
  return value !== null && threshold !== null && value > 0 && value >= threshold;
}

/** The first and the last day on which a silence may end. */
export function endDays(now: number): { readonly first: string; readonly last: string } {
  return { first: dayOf(now + MS_PER_DAY), last: dayOf(now + LONGEST_SILENCE_DAYS * MS_PER_DAY) };
}

const LENGTHS = { '1h': MS_PER_HOUR, '1d': MS_PER_DAY, '7d': 7 * MS_PER_DAY };

function endOf({ end, date }: SilenceFields, now: number): number | SilenceAnswer {
  if (end !== 'date') return now + LENGTHS[end];
  const { first, last } = endDays(now);
  const time = date === undefined ? Number.NaN : Date.parse(`${date}T00:00:00Z`);
  if (date === undefined || dayText(time) !== date || date < first || date > last) {
    return refused('date', `The silence can end on a day from ${first} to ${last}.`);
  }
  return time;
}

function dayText(time: number): string {
  return Number.isNaN(time) ? '' : dayOf(time);
}

function refused(field: keyof SilenceFields, problem: string): SilenceAnswer {
  return { kind: 'refused', field, problem };
}
