import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  consoleArrow,
  consoleDifference,
  type Significance,
  significanceOf,
} from '../../../../src/domain/results/console-reading.ts';
import { isNotable, movementOf, readingOf } from '../../../../src/domain/results/reading.ts';

const estimate = (lower: number | null, upper: number | null) => ({ lower, upper, point: 1, ciWidth: 0.95 });
const bound = fc.oneof(fc.constant(null), fc.constant(0), fc.double({ noNaN: true, min: -10, max: 10 }));
const anyEstimate = fc.tuple(bound, bound).map(([a, b]) => {
  if (a === null || b === null) return estimate(a, b);
  return estimate(Math.min(a, b), Math.max(a, b));
});

describe('the reading of a result', () => {
  it.each([
    [estimate(0.1, 0.2), null, 'up'],
    [estimate(-0.2, -0.1), null, 'down'],
    [estimate(-0.1, 0.2), null, 'no clear change'],
    [estimate(0, 0.2), null, 'no clear change'],
    [estimate(-0.2, 0), null, 'no clear change'],
    [estimate(null, 0.2), null, 'no interval'],
    [null, null, 'no interval'],
    [null, estimate(0.1, 0.2), 'up'],
    [estimate(null, 0.2), estimate(-0.2, -0.1), 'down'],
    [estimate(-0.1, 0.2), estimate(0.1, 0.2), 'no clear change'],
  ] as const)('of difference %o and uplift %o is %s', (difference, uplift, movement) => {
    expect(movementOf(difference, uplift)).toBe(movement);
  });

  it.each([
    ['up', true, 'better'],
    ['up', false, 'worse'],
    ['up', null, 'up'],
    ['down', true, 'worse'],
    ['down', false, 'better'],
    ['down', null, 'down'],
    ['no clear change', false, 'no clear change'],
    ['no interval', true, 'no interval'],
  ] as const)('%s where bigger is better is %s: %s', (movement, biggerIsBetter, reading) => {
    expect(readingOf(movement, biggerIsBetter)).toBe(reading);
    expect(isNotable(reading)).toBe(reading === 'better' || reading === 'worse');
  });

  it('turns around with the direction of the metric, and only then', () => {
    fc.assert(
      fc.property(anyEstimate, fc.option(anyEstimate), (difference, uplift) => {
        const movement = movementOf(difference, uplift);
        const [a, b] = [readingOf(movement, true), readingOf(movement, false)];
        const turned = { better: 'worse', worse: 'better' } as const;
        expect(b).toBe(a === 'better' || a === 'worse' ? turned[a] : a);
      }),
    );
  });
});

describe('the significance that the console computes', () => {
  it.each([
    [estimate(0.1, 0.2), 'positive'],
    [estimate(-0.2, -0.1), 'negative'],
    [estimate(-0.1, 0.2), 'neutral'],
    [estimate(0, 0.2), 'unknown'],
    [estimate(-0.2, 0), 'unknown'],
    [estimate(null, 0.2), 'unknown'],
    [null, 'unknown'],
  ] as const)('of %o is %s', (difference, significance) => {
    expect(significanceOf(difference)).toBe(significance);
  });

  it.each([
    [['positive', 'neutral'], 'positive'],
    [['negative', 'unknown'], 'negative'],
    [['neutral', 'unknown'], 'neutral'],
    [['positive', 'negative'], 'mixed'],
    [['negative', 'positive'], 'mixed'],
    [['negative', 'positive', 'positive'], 'positive'],
    [['negative', 'positive', 'negative'], undefined],
    [[], 'neutral'],
  ] as [Significance[], string | undefined][])('over branches %j gives the arrow %s', (significances, arrow) => {
    expect(consoleArrow(significances)).toBe(arrow);
  });

  it('differs in words exactly where it says something else than we do', () => {
    fc.assert(
      fc.property(anyEstimate, fc.constantFrom(true, false, null), (difference, biggerIsBetter) => {
        const movement = movementOf(difference, null);
        const reading = readingOf(movement, biggerIsBetter);
        const theirs = significanceOf(difference);
        const isSame =
          (reading === 'better' && biggerIsBetter === true && theirs === 'positive') ||
          (reading === 'worse' && biggerIsBetter === true && theirs === 'negative') ||
          (reading === 'no clear change' && theirs === 'neutral') ||
          (reading === 'no interval' && theirs === 'unknown');
        expect(consoleDifference({ reading, movement }, theirs) === null).toBe(isSame);
      }),
    );
  });

  it.each([
    ['worse', 'up', 'positive', 'the console marks this as an increase in green'],
    ['better', 'down', 'negative', 'the console marks this as a decrease in red'],
    ['up', 'up', 'positive', 'the console marks this as an increase in green'],
    ['no clear change', 'no clear change', 'unknown', 'the console says “Unknown significance”'],
    ['better', 'up', 'unavailable', 'the console says “Metric unavailable”'],
    ['better', 'up', 'not drawn', 'the console does not draw this'],
    ['better', 'up', 'not read', null],
  ] as const)('%s (%s) where it is %s: %s', (reading, movement, theirs, words) => {
    expect(consoleDifference({ reading, movement }, theirs)).toBe(words);
  });
});
