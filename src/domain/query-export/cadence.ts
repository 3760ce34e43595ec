/** When a configured query is due. Ticks are on the clock in UTC, the same in every process. */
import { Cron } from 'croner';
import type { Cadence } from './query-export.ts';

const MINUTE_MS = 60_000;
/** A leap day comes at least every eight years. */
const LONGEST_LOOK_BACK_MS = 9 * 366 * 24 * 60 * MINUTE_MS;

/** The newest tick at or before a time, in milliseconds since 1970; undefined if there was none for nine years. */
export function lastTick(cadence: Cadence, now: number): number | undefined {
  if (cadence.kind === 'every') return Math.floor(now / cadence.everyMs) * cadence.everyMs;
  const cron = cronOf(cadence.pattern);
  for (let backMs = MINUTE_MS; backMs <= 2 * LONGEST_LOOK_BACK_MS; backMs *= 2) {
    let tick = after(cron, now - backMs);
    if (tick === undefined || tick > now) continue;
    for (let next = after(cron, tick); next !== undefined && next <= now; next = after(cron, next)) tick = next;
    return tick;
  }
  return undefined;
}

/** The first tick after a time; undefined if there will be none. */
export function nextTick(cadence: Cadence, now: number): number | undefined {
  if (cadence.kind === 'every') return (Math.floor(now / cadence.everyMs) + 1) * cadence.everyMs;
  return after(cronOf(cadence.pattern), now);
}

/** The longest time between two of the next ticks: after this long without a success, one was missed. */
export function longestGapMs(cadence: Cadence, now: number): number {
  return cadence.kind === 'every' ? cadence.everyMs : Math.max(...gaps(cadence.pattern, now));
}

/** Why a pattern cannot be used, as the end of a sentence; undefined if it can. `leastMs` is the shortest time between ticks. */
export function cronProblem(pattern: string, leastMs: number): string | undefined {
  if (!/^[\d*,/A-Za-z-]+(?: +[\d*,/A-Za-z-]+){4}$/.test(pattern)) return 'does not have five fields';
  try {
    cronOf(pattern);
  } catch (error) {
    return `is not a cron pattern (${error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error)})`;
  }
  const between = gaps(pattern, REFERENCE);
  if (between.length === 0) return 'never comes';
  return Math.min(...between) < leastMs ? 'comes more often than every five minutes' : undefined;
}

/** 1 January 2024, before a leap day. */
const REFERENCE = Date.UTC(2024, 0, 1);
/** Enough for every minute of two hours, or every day of a month. */
const GAPS_SEEN = 120;

function gaps(pattern: string, from: number): number[] {
  const cron = cronOf(pattern);
  const found: number[] = [];
  for (let tick = after(cron, from); tick !== undefined && found.length < GAPS_SEEN;) {
    const next = after(cron, tick);
    if (next !== undefined) found.push(next - tick);
    tick = next;
  }
  return found;
}

function cronOf(pattern: string): Cron {
  return new Cron(pattern, { mode: '5-part', timezone: 'Etc/UTC' });
}

function after(cron: Cron, time: number): number | undefined {
  return cron.nextRun(new Date(time))?.getTime();
}
