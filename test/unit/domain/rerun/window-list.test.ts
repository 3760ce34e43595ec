import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countWindows,
  formatWindows,
  parseWindows,
  windowList,
  type WindowList,
  windowsWithout,
} from '../../../../src/domain/rerun/window-list.ts';

const windows = fc.uniqueArray(fc.integer({ min: -5, max: 60 }), { maxLength: 60 });

function numbersOf(list: WindowList): number[] {
  return list.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
}

describe('the list of windows', () => {
  it.each([
    [[], ''],
    [[4], '4'],
    [[2, 1], '1,2'],
    [[1, 2, 3], '1-3'],
    [[4, 2, 1], '1,2,4'],
    [[6, 5, 1, 4, 2, 3], '1-6'],
    [[-1, 0, 1, 7, 8], '-1-1,7,8'],
    [[1.5, Number.NaN, Number.POSITIVE_INFINITY, 2], '2'],
  ])('%j is written as %j', (numbers, text) => {
    expect(formatWindows(windowList(numbers))).toBe(text);
  });

  it('reads what it writes', () => {
    fc.assert(
      fc.property(windows, (numbers) => {
        const list = windowList(numbers);
        expect(parseWindows(formatWindows(list))).toEqual(list);
        expect(numbersOf(list)).toEqual(numbers.toSorted((a, b) => a - b));
        expect(countWindows(list)).toBe(numbers.length);
      }),
    );
  });

  it('reads ranges in any order, also when they overlap', () => {
    expect(parseWindows('7-9,1,2,8-12,3')).toEqual(windowList([1, 2, 3, 7, 8, 9, 10, 11, 12]));
  });

  it('keeps the beginning of a list that is too long', () => {
    const many = windowList(Array.from({ length: 400 }, (_, index) => index * 3));

    const text = formatWindows(many);

    expect(text.length).toBeLessThanOrEqual(502);
    expect(text.endsWith(',…')).toBe(true);
    expect(windowsWithout(parseWindows(text) ?? [], many)).toEqual([]);
  });

  it.each(['x', '1,', ',1', '1-', '3-1', '1--3', '1,,2', ' 1', '1.5', '…', '1…', '9'.repeat(16), '1,'.repeat(300)])(
    'does not read %j',
    (text) => {
      expect(parseWindows(text)).toBeUndefined();
    },
  );

  it('reads a range of any length at once', () => {
    expect(parseWindows('1-999999999999999')).toEqual([{ from: 1, to: 999999999999999 }]);
  });

  it('tells which windows another list lacks', () => {
    fc.assert(
      fc.property(windows, windows, (numbers, others) => {
        const lost = windowsWithout(windowList(numbers), windowList(others));
        expect(lost).toEqual(windowList(numbers.filter((number) => !others.includes(number))));
      }),
    );
  });
});
