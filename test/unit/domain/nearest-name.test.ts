import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { didYouMean, nearestNames } from '../../../src/domain/nearest-name.ts';

const KNOWN = ['weekly', 'daily', 'days28', 'overall', 'preenrollment_weekly'];

it.each([
  ['weely', ['weekly']],
  ['WEEKLY', ['weekly']],
  ['over', ['overall']],
  ['dayly', ['daily']],
  ['adily', ['daily']],
  ['quite another', []],
  ['', []],
])('%j is nearest to %j', (name, nearest) => {
  expect(nearestNames(name, KNOWN)).toEqual(nearest);
});

it('names the nearest first, three at most, each once', () => {
  const known = ['abcdefg1', 'abcdefgh', 'abcdef12', 'abcdefg2', 'abcdefgh'];

  expect(nearestNames('abcdefgh', known)).toEqual(['abcdefgh', 'abcdefg1', 'abcdefg2']);
});

it('asks in a sentence, or not at all', () => {
  expect(didYouMean('weely', KNOWN)).toBe('Did you mean weekly? ');
  expect(didYouMean('abc', ['abd', 'abe'])).toBe('Did you mean abd or abe? ');
  expect(didYouMean('zzz', KNOWN)).toBe('');
});

it('always finds a name with one wrong, missing, superfluous or swapped character', () => {
  const name = fc.stringMatching(/^[a-z]{3,12}$/);

  fc.assert(
    fc.property(name, fc.nat(), fc.constantFrom('replace', 'remove', 'insert', 'swap'), (name, place, change) => {
      const at = place % name.length;
      const mistyped = {
        replace: `${name.slice(0, at)}9${name.slice(at + 1)}`,
        remove: name.slice(0, at) + name.slice(at + 1),
        insert: `${name.slice(0, at)}9${name.slice(at)}`,
        swap:
          name.slice(0, at) +
          name
            .slice(at, at + 2)
            .split('')
            .reverse()
            .join('') +
          name.slice(at + 2),
      }[change];
      expect(nearestNames(mistyped, [name])).toEqual([name]);
    }),
  );
});
