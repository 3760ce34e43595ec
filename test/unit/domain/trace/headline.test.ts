import { expect, it } from 'vitest';
import type { CellFate, TraceCell } from '../../../../src/domain/trace/cell.ts';
import { countCells, traceHeadline, traceSteps } from '../../../../src/domain/trace/headline.ts';

const SHOWN: CellFate = { view: 'card', lost: null };
const MISSING: CellFate = { lost: 'computed', reason: 'window_missing' };
const REFUSED: CellFate = { lost: 'published', reason: 'refused:ci_width' };
const STALE: CellFate = { lost: 'published', reason: 'file_stale' };
const NOT_DRAWN: CellFate = { lost: 'shown', reason: 'period_not_read' };
const NOT_DUE: CellFate = { lost: 'due', reason: 'rollout' };

function cells(...fates: readonly (readonly [number, CellFate])[]): TraceCell[] {
  const key = { period: 'weekly', basis: 'enrollments', segment: 'all', window: 1 } as const;
  return fates.flatMap(([count, fate]) =>
    Array.from({ length: count }, (_, n) => ({ ...key, metric: `m${n}`, ...fate })),
  );
}

it.each([
  [
    cells([37, SHOWN], [3, MISSING], [1, REFUSED], [1, NOT_DRAWN]),
    '42 expected, 37 shown; 3 not computed, 1 refused, 1 not drawn',
  ],
  [cells([5, SHOWN]), '5 expected, 5 shown'],
  [cells([1, SHOWN], [2, STALE], [4, NOT_DUE]), '3 expected, 1 shown; 2 not published; 4 not due'],
  [cells([4, NOT_DUE]), '0 expected, 0 shown; 4 not due'],
  [[], '0 expected, 0 shown'],
])('says how many are shown, and where the others were lost', (cells, headline) => {
  expect(traceHeadline(countCells(cells))).toBe(headline);
});

it('says how many cells pass each step', () => {
  const steps = traceSteps(countCells(cells([5, SHOWN], [2, NOT_DUE], [1, MISSING], [1, REFUSED], [1, STALE])));

  expect(steps.map(({ step, left, lost }) => [step, left, lost])).toEqual([
    ['configured', 10, 0],
    ['due', 8, 2],
    ['computed', 7, 1],
    ['published', 5, 2],
    ['shown', 5, 0],
  ]);
});
