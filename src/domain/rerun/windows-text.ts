/** The windows of a file for people: `weeks 1, 2, 4 of 6`. */
import type { AnalysisPeriod } from '../analysis-period.ts';
import { countWindows, formatWindows, type WindowList, windowsWithout } from './window-list.ts';

const UNITS: Readonly<Record<AnalysisPeriod, string>> = {
  daily: 'day',
  weekly: 'week',
  days28: 'window',
  overall: 'window',
  preenrollment_weekly: 'week',
  preenrollment_days28: 'window',
};

/** `week 3`, `weeks 3, 5-7`. */
export function nameWindows(period: AnalysisPeriod, windows: WindowList): string {
  const unit = UNITS[period];
  return `${countWindows(windows) === 1 ? unit : `${unit}s`} ${formatWindows(windows).replaceAll(',', ', ')}`;
}

/** Which windows of a published file have tables again. */
export function namePresentWindows(
  period: AnalysisPeriod,
  { published, lost }: { readonly published: WindowList; readonly lost: WindowList },
): string {
  const present = windowsWithout(published, lost);
  const all = countWindows(published);
  if (present.length > 0) return `${nameWindows(period, present)} of ${all}`;
  return `none of ${all} ${UNITS[period]}${all === 1 ? '' : 's'}`;
}
