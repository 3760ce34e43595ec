/** Enrollments and unenrollments per day, from the totals of daily files. */
import { addDays } from '../domain/expected-files.ts';

/** Totals since the start, as the file of a day has them. */
export interface DatedTotals {
  /** `YYYY-MM-DD` in the name of the file. */
  readonly day: string;
  readonly enrolled: number;
  readonly unenrolled: number;
}

export interface TrendDay {
  readonly day: string;
  /** Null: unknown; `reason` says why. */
  readonly enrolled: number | null;
  readonly unenrolled: number | null;
  readonly reason: string | null;
}

/** Four weeks. */
const MOST_DAYS = 28;

/** What was added on each of the last days, from the first file to the last. A day between two files that are not adjacent is unknown. */
export function enrollmentTrend(totals: readonly DatedTotals[]): TrendDay[] {
  const byDay = new Map(totals.map((total) => [total.day, total]));
  const days = [...byDay.keys()].sort();
  const last = days.at(-1);
  if (last === undefined) return [];
  const earliest = addDays(last, -MOST_DAYS) ?? last;
  const first = days.find((day) => day >= earliest) ?? last;
  const trend: TrendDay[] = [];
  for (let day = addDays(first, 1); day !== null && day <= last; day = addDays(day, 1)) {
    trend.push(trendOf(day, byDay.get(day), byDay.get(addDays(day, -1) ?? '')));
  }
  return trend;
}

function trendOf(day: string, total: DatedTotals | undefined, before: DatedTotals | undefined): TrendDay {
  if (total === undefined) return unknownDay(day, 'there is no file of this day');
  if (before === undefined) return unknownDay(day, 'there is no file of the day before');
  const enrolled = total.enrolled - before.enrolled;
  const unenrolled = total.unenrolled - before.unenrolled;
  if (enrolled < 0 || unenrolled < 0) return unknownDay(day, 'the total is lower than on the day before');
  return { day, enrolled, unenrolled, reason: null };
}

function unknownDay(day: string, reason: string): TrendDay {
  return { day, enrolled: null, unenrolled: null, reason };
}
