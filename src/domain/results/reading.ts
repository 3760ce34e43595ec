/** How a result is read: whether the interval excludes no change, and whether that is good (spec: pages, section 4). */
import type { Estimate } from './results-index.ts';

/** `up`, `down`: the metric's direction is unknown, so neither is good or bad. */
export const READINGS = ['better', 'worse', 'up', 'down', 'no clear change', 'no interval'] as const;
export type Reading = (typeof READINGS)[number];

/** Where the metric went, whatever is good. */
export type Movement = 'up' | 'down' | 'no clear change' | 'no interval';

/** The interval of the difference if there is one, else that of the relative uplift. A bound of 0 is no clear change. */
export function movementOf(difference: Estimate | null, uplift: Estimate | null): Movement {
  const interval = [difference, uplift].map(boundsOf).find((bounds) => bounds !== undefined);
  if (interval === undefined) return 'no interval';
  if (interval.lower > 0) return 'up';
  return interval.upper < 0 ? 'down' : 'no clear change';
}

export function readingOf(movement: Movement, biggerIsBetter: boolean | null): Reading {
  if (biggerIsBetter === null || (movement !== 'up' && movement !== 'down')) return movement;
  return (movement === 'up') === biggerIsBetter ? 'better' : 'worse';
}

/** Whether a result deserves attention. */
export function isNotable(reading: Reading): boolean {
  return reading === 'better' || reading === 'worse';
}

function boundsOf(estimate: Estimate | null): { readonly lower: number; readonly upper: number } | undefined {
  if (estimate === null || estimate.lower === null || estimate.upper === null) return undefined;
  return { lower: estimate.lower, upper: estimate.upper };
}
