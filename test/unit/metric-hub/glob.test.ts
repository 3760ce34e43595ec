import { describe, expect, it } from 'vitest';
import { globPattern, isGlob } from '../../../src/metric-hub/glob.ts';

describe('a name with wildcards', () => {
  it.each([
    ['*', 'anything', true],
    ['ad_*', 'ad_clicks', true],
    ['ad_*', 'Ad_clicks', false],
    ['ad_*', 'bad_clicks', false],
    ['day?', 'day1', true],
    ['day?', 'day', false],
    ['day?', 'day10', false],
    ['day[12]', 'day2', true],
    ['day[12]', 'day3', false],
    ['day[!12]', 'day3', true],
    ['day[!12]', 'day1', false],
    ['day[0-9]', 'day5', true],
    ['day[9-0]', 'day5', false],
    ['[]]', ']', true],
    ['day[', 'day[', true],
    ['a.b', 'axb', false],
    ['a-b', 'a-b', true],
    ['a[^b]', 'a^', true],
    ['a[^b]', 'ac', false],
  ])('%s fits %s: %s', (glob, name, fits) => {
    expect(globPattern(glob).test(name)).toBe(fits);
  });

  it.each([
    ['[]', '[]', true],
    ['[]', 'x', false],
    ['[!]', '[!]', true],
    ['[a-c-e]', '-', true],
    ['[a-c-e]', 'd', false],
    ['?', '😀', true],
    ['a**b', 'ab', true],
    ['', '', true],
    ['*', '', true],
  ])('%j fits %j: %s, as fnmatch has it', (glob, name, fits) => {
    expect(globPattern(glob).test(name)).toBe(fits);
  });

  it('with many wildcards is compared in time that grows with the lengths, not with their powers', () => {
    expect(globPattern(`${'*a'.repeat(40)}*c`).test(`${'a'.repeat(5000)}b`)).toBe(false);
    expect(globPattern('*a'.repeat(40)).test('a'.repeat(5000))).toBe(true);
  });

  it('is told from a plain one', () => {
    expect(['a', 'a.b', '__proto__'].some(isGlob)).toBe(false);
    expect(['a*', 'a?', 'a[b]'].every(isGlob)).toBe(true);
  });
});
