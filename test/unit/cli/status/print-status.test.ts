import { describe, expect, it } from 'vitest';
import { MemoryJobQueue } from '../../../../src/adapters/memory/job-queue.ts';
import { formatAge } from '../../../../src/domain/age-text.ts';
import { fileLines, problemsFirst, totalsOf } from '../../../../src/cli/status/print-status.ts';
import { queueStates } from '../../../../src/queue/queue-states.ts';
import type { FileState } from '../../../../src/producer/file-states.ts';

const NOW = Date.parse('2026-01-15T12:00:00Z');
const FILES: readonly FileState[] = [
  { experiment: 'a-slug', product: 'statistics', period: 'preenrollment_weekly', state: 'fresh' },
  { experiment: 'a-slug', product: 'errors', state: 'queued', since: NOW - 5_000 },
  {
    experiment: 'another-slug',
    product: 'statistics',
    period: 'weekly',
    state: 'failed',
    since: NOW - 2 * 3_600_000,
    code: 'ROWS_REFUSED',
    detail: '182 of 906 rows\nbreak the rules.',
  },
  { experiment: 'b', product: 'metadata', state: 'stale' },
];

describe('the states of files', () => {
  it('are listed problems first, in columns with age, code and reason', () => {
    const lines = fileLines(problemsFirst(FILES), NOW);

    expect(lines).toEqual([
      'failed  2 h  another-slug  weekly                ROWS_REFUSED  182 of 906 rows break the rules.',
      'stale        b             metadata',
      'queued  5 s  a-slug        errors',
      'fresh        a-slug        preenrollment_weekly',
    ]);
  });

  it('are counted in the same order', () => {
    expect(Object.entries(totalsOf(FILES))).toEqual([
      ['failed', 1],
      ['stale', 1],
      ['queued', 1],
      ['fresh', 1],
    ]);
  });

  it.each([
    [-5, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_600_000, '1 h'],
    [200_000_000, '2 d'],
  ])('have an age: %i ms is %s', (ms, text) => {
    expect(formatAge(ms)).toBe(text);
  });
});

it('tells of a paused queue, also while nothing waits in it', async () => {
  const queue = new MemoryJobQueue({ clock: { now: () => NOW } });
  queue.pause('statistics');

  const states = await queueStates(queue);

  expect(states).toMatchObject({ statistics: { isPaused: true, waiting: 0 }, errors: { isPaused: false } });
});
