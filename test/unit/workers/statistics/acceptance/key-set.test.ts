import { expect, it } from 'vitest';
import { KeySet } from '../../../../../src/workers/statistics/acceptance/key-set.ts';

function add(keys: KeySet, ...words: readonly number[]): boolean {
  keys.begin();
  for (const word of words) keys.mixWord(word);
  return keys.add();
}

it('takes each key once, also after it has grown', () => {
  const keys = new KeySet();
  const count = 50_000;

  const first = Array.from({ length: count }, (_, index) => add(keys, index, 7));
  const second = Array.from({ length: count }, (_, index) => add(keys, index, 7));

  expect(first.every(Boolean)).toBe(true);
  expect(second.some(Boolean)).toBe(false);
  expect(keys.size).toBe(count);
});

it('knows no key after it was cleared', () => {
  const keys = new KeySet();
  add(keys, 1);

  keys.clear();

  expect(keys.size).toBe(0);
  expect(add(keys, 1)).toBe(true);
});

it('tells apart texts that are divided differently', () => {
  const keys = new KeySet();
  const bytes = Buffer.from('abcabc');
  const addTexts = (middle: number): boolean => {
    keys.begin();
    keys.mixBytes(bytes, 0, middle);
    keys.mixBytes(bytes, middle, bytes.length);
    return keys.add();
  };

  expect([0, 1, 2, 3, 4, 5, 6].map(addTexts)).toEqual(Array(7).fill(true));
});

it('has one hash for 0 and -0, and another for null', () => {
  const keys = new KeySet();
  const addDouble = (value: number): boolean => {
    keys.begin();
    keys.mixDouble(Float64Array.of(value), 0);
    return keys.add();
  };

  expect([addDouble(0), addDouble(-0)]).toEqual([true, false]);
  keys.begin();
  keys.mixNull();
  expect(keys.add()).toBe(true);
});
