import { describe, expect, it } from 'vitest';
import { needsYou } from '../../../../src/web/pages/health/needs-you.ts';
import { type FileFacts, failed, file, FRESH, gone, MISSING, NEVER, STALE } from '../../../support/health-files.ts';

const NOTHING_PAUSED = new Set<string>();
const QUEUED = { queue: 'statistics', state: 'waiting', place: 3 } as const;

function linesOf(files: readonly FileFacts[], paused: ReadonlySet<string> = NOTHING_PAUSED) {
  const { lines, rest } = needsYou(files.map(file), paused);
  return { lines: lines.map(({ state, files: of, waiting }) => [state, of.length, waiting] as const), rest };
}

describe('the lines that need somebody', () => {
  it('are none while all is well', () => {
    expect(linesOf([FRESH, { experiment: 'new' }, gone(3)])).toEqual({ lines: [], rest: 0 });
  });

  it('tell one cause once, whatever numbers and names its messages have', () => {
    const files = Array.from({ length: 14 }, (_, n) => ({
      experiment: `some-slug-${n}`,
      ...failed(`Permission denied on mozanalysis.statistics_some_slug_${n}_weekly.`, 'ACCESS_DENIED'),
    }));

    expect(linesOf(files)).toEqual({ lines: [['failed', 14, undefined]], rest: 0 });
  });

  it('keep apart what failed with other codes or other words', () => {
    const files = [
      { experiment: 'a', ...failed('Permission denied.', 'ACCESS_DENIED') },
      { experiment: 'b', ...failed('Permission denied.', 'SERVICE_UNAVAILABLE') },
      { experiment: 'c', ...failed('The bucket is missing.', 'ACCESS_DENIED') },
    ];

    expect(linesOf(files).lines).toHaveLength(3);
  });

  it('begin with failures, then come late, unpublished and missing files, and tables that stay away', () => {
    const files = [{ experiment: 'e', ...gone(20) }, MISSING, NEVER, STALE, failed('No.')].map((facts, n) => ({
      experiment: `e${n}`,
      ...facts,
    }));

    expect(linesOf(files).lines.map(([state]) => state)).toEqual(['failed', 'stale', 'never', 'missing', 'gone']);
  });

  it('are at most five, and count the files of the others', () => {
    const files = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].flatMap((experiment) => [
      { experiment, ...STALE },
      { experiment, ...STALE, period: 'overall' as const },
    ]);

    const { lines, rest } = linesOf(files);

    expect(lines).toHaveLength(5);
    expect(rest).toBe(4);
  });

  it('tell whether late files wait, have no job, or wait in a paused queue, which is one cause for all', () => {
    const files = [
      { experiment: 'a', ...STALE, job: QUEUED },
      { experiment: 'b', ...STALE, job: QUEUED },
    ];

    expect(linesOf(files).lines).toEqual([
      ['stale', 1, 'queued'],
      ['stale', 1, 'queued'],
    ]);
    expect(linesOf(files, new Set(['statistics'])).lines).toEqual([['stale', 2, 'paused']]);
    expect(linesOf([STALE]).lines).toEqual([['stale', 1, 'idle']]);
  });

  it('name the latest file first', () => {
    const later = { ...STALE, newer: { ...STALE.newer, changedAt: STALE.newer.changedAt - 3_600_000 } };
    const { lines } = needsYou([file(STALE), file({ period: 'overall', ...later })], NOTHING_PAUSED);

    expect(lines[0]?.files.map((one) => one.file.period)).toEqual(['overall', 'weekly']);
  });
});
