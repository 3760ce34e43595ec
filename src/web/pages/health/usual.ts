/** What a number of a day usually is, from the days before. */

/** Of fewer days nothing is usual. */
export const FEWEST_DAYS = 7;
export const USUAL_DAYS = 28;

export interface UsualRange {
  /** The 10th and the 90th percentile. */
  readonly low: number;
  readonly high: number;
  readonly days: number;
}

/** Undefined if there are fewer than seven days. */
export function usualRange(values: readonly number[]): UsualRange | undefined {
  if (values.length < FEWEST_DAYS) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  return { low: percentile(sorted, 10), high: percentile(sorted, 90), days: values.length };
}

/** Between the two nearest values. */
function percentile(sorted: readonly number[], percent: number): number {
  const place = ((sorted.length - 1) * percent) / 100;
  const before = sorted[Math.floor(place)] ?? 0;
  const after = sorted[Math.ceil(place)] ?? before;
  return before + (after - before) * (place - Math.floor(place));
}
