import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatHeldNote,
  GONE,
  heldNote,
  parseHeldNote,
  rebuildVerdict,
  type RebuildFacts,
} from '../../../../src/domain/rerun/rebuilding.ts';
import { windowList } from '../../../../src/domain/rerun/window-list.ts';
import { versionOfTime } from '../../../../src/domain/source-version.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-06-29T22:00:00Z');

function verdict(changes: Partial<RebuildFacts> = {}) {
  return rebuildVerdict({
    published: windowList([1, 2, 3, 4, 5, 6]),
    present: windowList([1, 2, 4]),
    changedAt: NOW - HOUR,
    missingSince: NOW - 20 * HOUR,
    now: NOW,
    settleMs: 12 * HOUR,
    ...changes,
  });
}

describe('the tables of a file', () => {
  it('are whole when no window is lost, however recently they changed', () => {
    expect(verdict({ present: windowList([1, 2, 3, 4, 5, 6, 7]) })).toEqual({ kind: 'whole' });
    expect(verdict({ published: [] })).toEqual({ kind: 'whole' });
  });

  it('are rebuilding while a window is lost and a table of the experiment has just changed', () => {
    expect(verdict()).toEqual({ kind: 'rebuilding', lost: windowList([3, 5, 6]) });
  });

  it('are settled when nothing has moved for the settle time', () => {
    expect(verdict({ changedAt: NOW - 12 * HOUR })).toEqual({ kind: 'settled', lost: windowList([3, 5, 6]) });
    expect(verdict({ changedAt: NOW - 12 * HOUR + 1 })).toMatchObject({ kind: 'rebuilding' });
  });

  it('are rebuilding when tables have just been deleted, though no table that is left has changed', () => {
    expect(verdict({ changedAt: NOW - 300 * HOUR, missingSince: NOW })).toMatchObject({ kind: 'rebuilding' });
  });

  it('settle by the note alone in a warehouse without times', () => {
    expect(verdict({ changedAt: undefined, missingSince: NOW - 12 * HOUR })).toMatchObject({ kind: 'settled' });
    expect(verdict({ changedAt: undefined, missingSince: NOW - HOUR })).toMatchObject({ kind: 'rebuilding' });
  });
});

describe('the note of what is missing', () => {
  it('reads what it writes', () => {
    const version = fc.constantFrom(GONE, 'f0123456789abcdef', versionOfTime(NOW));
    const since = fc.integer({ min: 0, max: 253_402_300_799_999 });
    fc.assert(
      fc.property(since, version, (since, version) => {
        expect(parseHeldNote(formatHeldNote({ since, version }))).toEqual({ since, version });
      }),
    );
  });

  it.each(['', 'gone', '2026-06-29T22:00:00Z gone', '2026-13-29T22:00:00.000Z gone', '2026-06-29T22:00:00.000Z a b'])(
    'does not read %j',
    (text) => {
      expect(parseHeldNote(text)).toBeUndefined();
    },
  );

  it('stays for the same version, and is made anew for another, or when it is of the future', () => {
    const before = { since: NOW - HOUR, version: 'a' };

    expect(heldNote(before, 'a', NOW)).toBe(before);
    expect(heldNote(before, 'b', NOW)).toEqual({ since: NOW, version: 'b' });
    expect(heldNote({ since: NOW + HOUR, version: 'a' }, 'a', NOW)).toEqual({ since: NOW, version: 'a' });
    expect(heldNote(undefined, 'a', NOW)).toEqual({ since: NOW, version: 'a' });
  });
});
