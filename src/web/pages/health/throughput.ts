/** How many files were published, and how many runs failed for good, in each hour of the last seven days. */
const HOUR_MS = 3_600_000;
export const THROUGHPUT_HOURS = 7 * 24;

export interface EndedRun {
  /** Milliseconds since 1970. */
  readonly finishedAt: number;
  readonly end: 'published' | 'failed';
}

export interface HourCount {
  /** The beginning of the hour. */
  readonly at: number;
  readonly published: number;
  readonly failed: number;
}

/** The first hour that is shown: the last one is the hour of `now`. */
export function firstHour(now: number): number {
  return startOf(now) - (THROUGHPUT_HOURS - 1) * HOUR_MS;
}

/** Every hour, also those without runs. */
export function hourCounts(runs: readonly EndedRun[], now: number): HourCount[] {
  const first = firstHour(now);
  const hours = Array.from({ length: THROUGHPUT_HOURS }, (_, index) => ({
    at: first + index * HOUR_MS,
    published: 0,
    failed: 0,
  }));
  for (const { finishedAt, end } of runs) {
    const hour = hours[(startOf(finishedAt) - first) / HOUR_MS];
    if (hour !== undefined) hour[end] += 1;
  }
  return hours;
}

export interface DayCount {
  /** `2026-01-14`, in UTC. */
  readonly day: string;
  readonly published: number;
  readonly failed: number;
}

/** The days of the hours, newest first. */
export function dayCounts(hours: readonly HourCount[]): DayCount[] {
  const days = new Map<string, DayCount>();
  for (const { at, published, failed } of hours) {
    const day = new Date(at).toISOString().slice(0, 10);
    const sum = days.get(day) ?? { day, published: 0, failed: 0 };
    days.set(day, { day, published: sum.published + published, failed: sum.failed + failed });
  }
  return [...days.values()].toReversed();
}

function startOf(time: number): number {
  return Math.floor(time / HOUR_MS) * HOUR_MS;
}
