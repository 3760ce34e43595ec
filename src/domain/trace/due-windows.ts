/** Which windows of an analysis period are due, and why none is (spec: today, section 4). */
import type { AnalysisPeriod } from '../analysis-period.ts';
import { isRollingHoldback } from '../rolling-holdback.ts';
import { floorTo, MICROS_PER_DAY, MICROS_PER_MS, MS_PER_HOUR, parseDate, timestampText } from '../utc-time.ts';
import type { DueLoss, NotDueReason } from './cell.ts';
import type { TracedExperiment, TraceSettings } from './inputs.ts';

/** A run for a date starts at 04:00 of the next day and may take 12 hours. */
const RUN_FINISHED_MICROS = 40 * MS_PER_HOUR * MICROS_PER_MS;

/** Days of each window, where a period has one after another. */
const WINDOW_DAYS: Partial<Record<AnalysisPeriod, number>> = { daily: 1, weekly: 7, days28: 28 };

export interface DueInputs {
  readonly experiment: Pick<
    TracedExperiment,
    'startDate' | 'endDate' | 'enrollmentEndDate' | 'isRollout' | 'isHoldback' | 'doRerun'
  >;
  readonly settings: TraceSettings;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface DueWindows {
  /** The newest due window whose run has finished; null if there is none. */
  readonly newest: number | null;
  /** Why there is none. */
  readonly otherwise: DueLoss;
}

/** The due windows of a period, whatever tables there are. */
export function dueWindows(period: AnalysisPeriod, inputs: DueInputs): DueWindows {
  const { experiment, settings } = inputs;
  const start = dayOf(settings.startDate || experiment.startDate);
  if (settings.skip === true) return none('skipped');
  if (experiment.isRollout) return none('rollout');
  if (start === undefined) return none('no_start');
  const { newest, otherwise } = windowsSince(start, period, inputs);
  return { newest, otherwise: isLeftToReruns(period, experiment) ? { lost: 'due', reason: 'rerun_only' } : otherwise };
}

/** Whether regular runs leave the period out; reruns only make `overall`. */
export function isLeftToReruns(period: AnalysisPeriod, { doRerun }: Pick<TracedExperiment, 'doRerun'>): boolean {
  return doRerun && period !== 'overall';
}

function windowsSince(start: number, period: AnalysisPeriod, { experiment, settings, now }: DueInputs): DueWindows {
  const isEndMoving = isRollingHoldback(experiment, now) && !settings.endDate;
  if (period === 'overall' && isEndMoving) return none('end_moves');
  const observed = endOfEnrollment(start, experiment, settings);
  // A holdback's enrollment ends before it starts, at first.
  if (observed === undefined || observed <= start) return none('enrollment_open');
  const end = dayOf(settings.endDate || experiment.endDate);
  const first = firstRunDate(period, observed, end);
  if (first === undefined) return { newest: null, otherwise: notYet(null) };
  const isTooShort = end !== undefined && (first > end || (period === 'overall' && end - observed < MICROS_PER_DAY));
  if (isTooShort) return none('window_too_short');
  const finished = floorTo(now * MICROS_PER_MS - RUN_FINISHED_MICROS, MICROS_PER_DAY);
  return { newest: newestWindow(period, first, Math.min(finished, end ?? Infinity)), otherwise: notYet(first) };
}

/** The first day after enrollment; undefined while its end is open. */
function endOfEnrollment(
  start: number,
  { enrollmentEndDate }: DueInputs['experiment'],
  { enrollmentPeriod }: TraceSettings,
): number | undefined {
  if (enrollmentPeriod) return start + enrollmentPeriod * MICROS_PER_DAY;
  const last = dayOf(enrollmentEndDate);
  return last === undefined ? undefined : last + MICROS_PER_DAY;
}

/** The date of the run that computes window 1; undefined if that depends on an end that is not known. */
function firstRunDate(period: AnalysisPeriod, observed: number, end: number | undefined): number | undefined {
  const days = WINDOW_DAYS[period];
  if (days !== undefined) return observed + (days - 1) * MICROS_PER_DAY;
  return period === 'overall' ? end : observed + MICROS_PER_DAY;
}

function newestWindow(period: AnalysisPeriod, first: number, last: number): number | null {
  if (last < first) return null;
  const days = WINDOW_DAYS[period];
  return days === undefined ? 1 : Math.floor((last - first) / (days * MICROS_PER_DAY)) + 1;
}

function dayOf(date: string | null | undefined): number | undefined {
  return date ? parseDate(date) : undefined;
}

function none(reason: NotDueReason): DueWindows {
  return { newest: null, otherwise: { lost: 'due', reason } };
}

function notYet(firstRun: number | null): DueLoss {
  const due = firstRun === null ? null : timestampText(firstRun + RUN_FINISHED_MICROS);
  return { lost: 'due', reason: 'not_yet', due };
}
