/** Why there are no results at all, and when the first ones come, for people who look too early. */
import type { AnalysisPeriod } from '../../../domain/analysis-period.ts';
import type { Experiment } from '../../../domain/experiment.ts';
import type { TraceCell } from '../../../domain/trace/cell.ts';
import { isLost, type ReasonFacts, reasonText } from '../../../domain/trace/reason-text.ts';
import { dayOf, daysBetween } from '../../../domain/utc-time.ts';
import { dayText, stageOf } from './status.ts';

export interface EmptyFacts {
  readonly experiment: Experiment;
  readonly cells: readonly TraceCell[];
  readonly reasons: ReasonFacts;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const PERIOD_NAMES: Readonly<Record<AnalysisPeriod, string>> = {
  daily: 'daily',
  weekly: 'weekly',
  days28: '28-day',
  overall: 'overall',
  preenrollment_weekly: 'pre-enrollment weekly',
  preenrollment_days28: 'pre-enrollment 28-day',
};

/** Undefined if some result is due: then the trace tells what became of it. */
export function emptySentence({ experiment, cells, reasons, now }: EmptyFacts): string | undefined {
  if (cells.some(({ lost }) => lost !== 'due')) return undefined;
  if (cells.length === 0) return 'No results are expected, because no metric is configured.';
  const stage = stageOf(experiment, now);
  if (stage === 'not started') return 'It has not started, so nothing is measured yet.';
  const first = firstDue(cells);
  const isEnrolling =
    stage === 'live' && (experiment.enrollmentEndDate === null || experiment.enrollmentEndDate >= dayOf(now));
  const begin = isEnrolling ? `Enrolling since ${dayText(experiment.startDate)}. ` : '';
  if (first !== undefined)
    return `${begin}First ${PERIOD_NAMES[first.period]} results are due ${dueText(first.due, now)}.`;
  const [why] = [...new Set(cells.filter(isLost).map((cell) => reasonText(cell, reasons).why))];
  return `${begin}${why ?? ''}`.trim();
}

interface FirstDue {
  readonly period: AnalysisPeriod;
  /** Day in UTC. */
  readonly due: string;
}

/** The result that comes first; of several at the same time, the first in the order of the trace. */
function firstDue(cells: readonly TraceCell[]): FirstDue | undefined {
  let first: { readonly period: AnalysisPeriod; readonly due: string } | undefined;
  for (const cell of cells) {
    if (cell.lost !== 'due' || cell.reason !== 'not_yet' || cell.due === null) continue;
    if (first === undefined || cell.due < first.due) first = { period: cell.period, due: cell.due };
  }
  return first === undefined ? undefined : { ...first, due: first.due.slice(0, 10) };
}

/** `today`, `tomorrow`, `on 3 Nov 2026` */
function dueText(day: string, now: number): string {
  const days = daysBetween(dayOf(now), day) ?? 0;
  if (days <= 0) return 'today';
  return days === 1 ? 'tomorrow' : `on ${dayText(day)}`;
}
