import { describe, expect, it } from 'vitest';
import type { ErrorKind } from '../../../../src/web/pages/errors/error-kinds.ts';
import {
  categoriesOf,
  daysOfErrors,
  errorsHeadline,
  plottedRows,
} from '../../../../src/web/pages/errors/errors-model.ts';
import { strip } from '../../../../src/web/pages/errors/kinds-view.ts';

const NOW = Date.parse('2026-01-15T12:00:00Z');
const NONE = { rows: 0, critical: 0, warnings: 0, uncategorized: 0 };

function kind(changes: Partial<ErrorKind>): ErrorKind {
  const names = { id: 'a', exceptionType: null, shape: '', example: '', experiments: [], keys: [] };
  return { ...names, rows: 1, critical: 1, first: NOW * 1_000, last: NOW * 1_000, days: [], ...changes };
}

describe('the headline of errors', () => {
  const when = 'in the last 3 days';

  it.each([
    ['nothing critical', NONE, [], 'No critical errors in the last 3 days'],
    [
      'old ones',
      { ...NONE, critical: 3 },
      [kind({ first: 0 })],
      '3 critical errors in the last 3 days, none new since yesterday',
    ],
    [
      'a new one',
      { ...NONE, critical: 1 },
      [kind({})],
      '1 critical error in the last 3 days, 1 kind new since yesterday',
    ],
    [
      'a new warning',
      { ...NONE, critical: 1 },
      [kind({ critical: 0 })],
      '1 critical error in the last 3 days, none new since yesterday',
    ],
    ['an unknown age', { ...NONE, critical: 1 }, undefined, '1 critical error in the last 3 days'],
    [
      'warnings and rows without a category',
      { ...NONE, warnings: 12, uncategorized: 2 },
      [],
      'No critical errors in the last 3 days; 12 warnings, 2 rows uncategorized',
    ],
  ])('tells of %s', (_, sums, kinds, text) => {
    expect(errorsHeadline({ sums, when, kinds, now: NOW })).toBe(text);
  });

  it('says that the logs did not answer', () => {
    expect(errorsHeadline({ sums: undefined, when, kinds: [], now: NOW })).toBe('The logs did not answer');
  });
});

describe('the days of errors', () => {
  const count = (day: string, category: string, rows: number) => ({ day, category, rows, critical: 0, warnings: rows });

  it('have a place for each day of the range, with rows or without', () => {
    const range = { from: Date.parse('2026-01-13T12:00:00Z'), to: NOW };

    const days = daysOfErrors([count('2026-01-14', 'data', 3), count('2026-01-14', 'skipped', 2)], range);

    expect(days.map(({ day, rows, warnings }) => [day, rows, warnings])).toEqual([
      ['2026-01-13', 0, 0],
      ['2026-01-14', 5, 5],
      ['2026-01-15', 0, 0],
    ]);
  });

  it('count the categories that nobody must act on as one', () => {
    const range = { from: Date.parse('2026-01-15'), to: NOW };
    const categories = ['jetstream_failure', 'skipped', 'library_warning', 'uncategorized'];

    const days = daysOfErrors(
      categories.map((category, index) => count('2026-01-15', category, index + 1)),
      range,
    );

    expect(days.map((day) => [plottedRows(day, 'jetstream_failure'), plottedRows(day, 'other')])).toEqual([[1, 9]]);
    expect(categoriesOf(days)).toEqual(['jetstream_failure', 'library_warning', 'skipped', 'uncategorized']);
  });
});

it('draws a bar for each day of a strip, and says the numbers', () => {
  const drawn = strip([0, 4, 2]).toString().replaceAll(/\s+/g, ' ');

  expect(drawn.match(/<rect/g)).toHaveLength(3);
  expect(drawn).toContain('aria-label="Rows per day, the newest last: 0, 4, 2"');
  expect(drawn).toContain('height="20" fill="var(--accent)"');
});
