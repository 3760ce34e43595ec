import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { editDistance } from '../../../src/domain/edit-distance.ts';

/** Few letters, so that texts are often alike. */
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
const NO_LIMIT = 100;

it.each([
  ['', '', 0],
  ['daily', 'daily', 0],
  ['dialy', 'daily', 1],
  ['dayly', 'daily', 1],
  ['dail', 'daily', 1],
  ['', 'daily', 5],
  ['ca', 'abc', 3],
])('takes from %j to %j %i edits', (from, to, edits) => {
  expect(editDistance(from, to, NO_LIMIT)).toBe(edits);
});

it('is what trying all ways to edit finds', () => {
  fc.assert(
    fc.property(text, text, (from, to) => {
      expect(editDistance(from, to, NO_LIMIT)).toBe(leastEdits(from, to));
    }),
  );
});

it('is the same both ways, and 0 for equal texts only', () => {
  fc.assert(
    fc.property(text, text, (from, to) => {
      const edits = editDistance(from, to, NO_LIMIT);
      expect(editDistance(to, from, NO_LIMIT)).toBe(edits);
      expect(edits === 0).toBe(from === to);
    }),
  );
});

it('is exact up to the limit, and above the limit beyond', () => {
  fc.assert(
    fc.property(text, text, fc.nat({ max: 8 }), (from, to, limit) => {
      const edits = leastEdits(from, to);
      const limited = editDistance(from, to, limit);
      expect(edits <= limit ? limited : limited > limit).toBe(edits <= limit ? edits : true);
    }),
  );
});

it('counts two swapped neighbours as one edit', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 2, maxLength: 12 }), fc.nat(), (name, place) => {
      const at = place % (name.length - 1);
      const swapped = `${name.slice(0, at)}${name[at + 1] ?? ''}${name[at] ?? ''}${name.slice(at + 2)}`;
      expect(editDistance(name, swapped, NO_LIMIT)).toBe(name === swapped ? 0 : 1);
    }),
  );
});

/** From the definition: the first characters are kept, replaced, removed, inserted, or swapped. */
function leastEdits(from: string, to: string): number {
  if (from === '' || to === '') return from.length + to.length;
  const ways = [
    leastEdits(from.slice(1), to.slice(1)) + (from[0] === to[0] ? 0 : 1),
    leastEdits(from.slice(1), to) + 1,
    leastEdits(from, to.slice(1)) + 1,
  ];
  const isSwapped = from.length > 1 && to.length > 1 && from[0] === to[1] && from[1] === to[0];
  if (isSwapped) ways.push(leastEdits(from.slice(2), to.slice(2)) + 1);
  return Math.min(...ways);
}
