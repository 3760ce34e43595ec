/** What the console says of a result, and in which words that differs from ours (spec: pages, C6, C7, C12 and C13). */
import type { Movement, Reading } from './reading.ts';
import type { Estimate } from './results-index.ts';

/**
 * `unknown`: "Unknown significance"; `unavailable`: "Metric unavailable"; `not drawn`: the console has the rows and draws
 * others; `not read`: it does not read the period.
 */
export const CONSOLE_READINGS = [
  'positive',
  'negative',
  'neutral',
  'unknown',
  'unavailable',
  'not drawn',
  'not read',
] as const;
export type ConsoleReading = (typeof CONSOLE_READINGS)[number];
export type Significance = Extract<ConsoleReading, 'positive' | 'negative' | 'neutral' | 'unknown'>;

/** C6: from the interval of the difference alone. A bound of exactly 0 counts as missing. */
export function significanceOf(difference: Estimate | null): Significance {
  const { lower, upper } = difference ?? { lower: null, upper: null };
  if (lower === null || upper === null || lower === 0 || upper === 0) return 'unknown';
  if (lower > 0 && upper > 0) return 'positive';
  return lower < 0 && upper < 0 ? 'negative' : 'neutral';
}

const WORDS: Readonly<Record<Exclude<ConsoleReading, 'not read'>, string>> = {
  positive: 'the console marks this as an increase in green',
  negative: 'the console marks this as a decrease in red',
  neutral: 'the console says “No notable change”',
  unknown: 'the console says “Unknown significance”',
  unavailable: 'the console says “Metric unavailable”',
  'not drawn': 'the console does not draw this',
};

/** What the console says, if it is not what we say. */
export function consoleDifference(
  ours: { readonly reading: Reading; readonly movement: Movement },
  theirs: ConsoleReading,
): string | null {
  if (theirs === 'not read' || isSame(ours, theirs)) return null;
  return WORDS[theirs];
}

function isSame(
  { reading, movement }: { readonly reading: Reading; readonly movement: Movement },
  theirs: ConsoleReading,
): boolean {
  if (theirs === 'positive') return reading === 'better' && movement === 'up';
  if (theirs === 'negative') return reading === 'worse' && movement === 'down';
  if (theirs === 'neutral') return reading === 'no clear change';
  return theirs === 'unknown' && reading === 'no interval';
}

/**
 * C12: the arrow of a metric over all branches. A positive branch beside a negative one makes it mixed, and a third,
 * positive one makes it positive again. Undefined where it is not known what the console does.
 */
export function consoleArrow(
  significances: readonly Significance[],
): 'positive' | 'negative' | 'mixed' | 'neutral' | undefined {
  let arrow: 'positive' | 'negative' | 'mixed' | 'neutral' = 'neutral';
  for (const significance of significances) {
    if (significance === 'positive') arrow = arrow === 'negative' ? 'mixed' : 'positive';
    if (significance !== 'negative') continue;
    if (arrow === 'mixed') return undefined;
    arrow = arrow === 'positive' ? 'mixed' : 'negative';
  }
  return arrow;
}
