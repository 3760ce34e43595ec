import { describe, expect, it } from 'vitest';
import { MemoryJobQueue } from '../../../../src/adapters/memory/job-queue.ts';
import { formatAge } from '../../../../src/domain/age-text.ts';
import { fileLines, headlineOf, problemsFirst, totalsOf } from '../../../../src/cli/status/print-status.ts';
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

  it('begin with how many need somebody, and how old the answer is', () => {
    const headline = (files: readonly FileState[], ageMs = 120_000) =>
      headlineOf(files, { checkedAt: NOW - ageMs, now: NOW });

    expect(headline(FILES)).toBe('2 of 4 files need you. Checked 2 min ago.');
    expect(headline(FILES.slice(0, 3))).toBe('1 of 3 files needs you. Checked 2 min ago.');
    expect(headline(FILES.slice(0, 2))).toBe('All 2 files need nothing. Checked 2 min ago.');
    expect(headline(FILES.slice(0, 1), -3_600_000)).toBe('The file needs nothing. Checked 0 s ago.');
  });

  it('list a queued file that is late before those that are not', () => {
    const files: readonly FileState[] = [
      { experiment: 'a', product: 'errors', state: 'running' },
      { experiment: 'b', product: 'errors', state: 'queued', behind: 'stale' },
      { experiment: 'c', product: 'errors', state: 'failed' },
    ];

    expect(problemsFirst(files).map(({ experiment }) => experiment)).toEqual(['c', 'b', 'a']);
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
