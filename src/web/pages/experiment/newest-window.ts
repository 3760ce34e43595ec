/** The newest results that Experimenter shows, from the published files. */
import type { AnalysisPeriod } from '../../../domain/analysis-period.ts';
import { parseWindows } from '../../../domain/rerun/window-list.ts';
import type { FileLine, PublishedObject } from './source.ts';

export interface NewestWindow {
  readonly period: AnalysisPeriod;
  /** Undefined: the file does not say. */
  readonly window: number | undefined;
  readonly published: PublishedObject;
}

/** The console shows the first of these that has rows. */
const CONSOLE_ORDER: readonly AnalysisPeriod[] = ['overall', 'weekly', 'daily'];

export function newestWindow(files: readonly FileLine[]): NewestWindow | undefined {
  for (const period of CONSOLE_ORDER) {
    const published = files.find(({ file }) => file.period === period)?.published;
    if (published === undefined || published.rows === 0) continue;
    return { period, window: parseWindows(published.windows ?? '')?.at(-1)?.to, published };
  }
  return undefined;
}

const UNITS: Partial<Record<AnalysisPeriod, string>> = { weekly: 'week', daily: 'day', days28: '28 days' };

/** `week 11`, `overall` */
export function windowText({ period, window }: NewestWindow): string {
  const unit = UNITS[period];
  return unit === undefined || window === undefined ? period : `${unit} ${window}`;
}

/** Rows that are in no published file although their tables have them. */
export function leftOutOf({ leftOut: { rejected, dropped, duplicates } }: PublishedObject): number {
  return rejected + dropped + duplicates;
}
