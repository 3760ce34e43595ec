/** What an experiment is doing, in words. */
import { formatDay } from '../../../domain/age-text.ts';
import type { Experiment } from '../../../domain/experiment.ts';
import { isRollingHoldback } from '../../../domain/rolling-holdback.ts';
import { dayOf } from '../../../domain/utc-time.ts';

export type Stage = 'not started' | 'live' | 'ended';

/** By its dates; the end of a rolling holdback moves with today. `now` in milliseconds since 1970. */
export function stageOf({ startDate, endDate, results }: Experiment, now: number): Stage {
  const today = dayOf(now);
  if (startDate === null || startDate > today) return 'not started';
  if (results !== undefined && isRollingHoldback(results, now)) return 'live';
  return endDate !== null && endDate < today ? 'ended' : 'live';
}

/** `live since 27 Oct 2025`, `ended on 3 Jan 2026, after 68 days` */
export function stageText(experiment: Experiment, now: number): string {
  const { startDate, endDate } = experiment;
  switch (stageOf(experiment, now)) {
    case 'not started':
      return startDate === null ? 'not started' : `starts on ${dayText(startDate)}`;
    case 'live':
      return `live since ${dayText(startDate)}`;
    case 'ended':
      return `${dayText(startDate)} to ${dayText(endDate)}`;
  }
}

/** `rollout`, `holdback without an end`, `rerun requested`: what makes its results unusual. */
export function kindsOf({ results }: Experiment, now: number): string[] {
  if (results === undefined) return [];
  const holdback = isRollingHoldback(results, now) ? 'holdback without an end' : 'holdback';
  return [
    ...(results.isRollout ? ['rollout'] : []),
    ...(results.isHoldback ? [holdback] : []),
    ...(results.doRerun ? ['rerun requested'] : []),
  ];
}

/** `8 Jan 2026` of `2026-01-08` */
export function dayText(day: string | null): string {
  return day === null ? 'an unknown day' : formatDay(Date.parse(`${day}T00:00:00Z`));
}
