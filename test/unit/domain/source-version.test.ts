import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareVersions,
  versionForId,
  versionOfFingerprint,
  versionOfTime,
} from '../../../src/domain/source-version.ts';

const TIME = Date.parse('2026-01-15T00:00:00.123Z');

describe('a version', () => {
  it('is a time with milliseconds, or f and 16 hex digits', () => {
    expect(versionOfTime(TIME)).toBe('2026-01-15T00:00:00.123Z');
    expect(versionOfFingerprint(255n)).toBe('f00000000000000ff');
    expect(versionOfFingerprint(-1n)).toBe('fffffffffffffffff');
  });

  it('is part of an id as epoch milliseconds, or as it stands', () => {
    expect(versionForId(versionOfTime(TIME))).toBe(String(TIME));
    expect(versionForId('f00000000000000ff')).toBe('f00000000000000ff');
  });

  it('of one time or fingerprint is in no id that of another', () => {
    const version = fc.oneof(
      fc.integer({ min: 0, max: 8.64e15 }).map(versionOfTime),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(versionOfFingerprint),
    );

    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(versionForId(a) === versionForId(b)).toBe(a === b);
        expect(versionForId(a)).toMatch(/^(?:\d+|f[0-9a-f]{16})$/);
      }),
    );
  });
});

describe('of two versions', () => {
  it('the later time is newer', () => {
    expect(compareVersions(versionOfTime(TIME + 1), versionOfTime(TIME))).toBe('newer');
    expect(compareVersions(versionOfTime(TIME), versionOfTime(TIME))).toBe('same');
    expect(compareVersions(versionOfTime(TIME), versionOfTime(TIME + 1))).toBe('older');
  });

  it('those with the same text are the same, whatever they are', () => {
    expect(compareVersions('f00000000000000ff', 'f00000000000000ff')).toBe('same');
  });

  it.each([
    ['f00000000000000ff', 'f00000000000000fe'],
    ['f00000000000000ff', versionOfTime(TIME)],
    [versionOfTime(TIME), 'f00000000000000ff'],
    ['', versionOfTime(TIME)],
    ['nonsense', versionOfTime(TIME)],
  ])('%j and %j nobody can say which is newer', (a, b) => {
    expect(compareVersions(a, b)).toBe('other');
  });
});
