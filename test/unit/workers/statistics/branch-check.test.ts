import { expect, it } from 'vitest';
import type { Column } from '../../../../src/domain/column-type.ts';
import { RowChecker } from '../../../../src/workers/statistics/row-checker.ts';
import { columnBatch } from '../../../support/column-batches.ts';
import {
  columnsWith,
  columnsWithout,
  STATISTICS_COLUMNS,
  STRING,
  statisticsRow,
  type StatisticsRow,
} from '../../../support/statistics-table.ts';

const uplift = (changes: StatisticsRow = {}) =>
  statisticsRow({ branch: 'treatment', comparison: 'difference', comparison_to_branch: 'control', ...changes });

/** What is said of the rows, each in a batch of its own. */
function missingBranches(rows: readonly StatisticsRow[], columns: readonly Column[] = STATISTICS_COLUMNS): string[] {
  const checker = new RowChecker({ columns, order: 'key', windowLimit: 1_000, showRow: () => '' });
  for (const row of rows) checker.check(columnBatch(columns, [row]));
  return [...checker.finish().missingBranches];
}

const WHERE = 'window_index 1, segment all, analysis_basis enrollments';

it('takes comparisons with a branch that has rows, before or behind them', () => {
  expect(missingBranches([statisticsRow(), uplift()])).toEqual([]);
  expect(missingBranches([uplift(), statisticsRow({ metric: 'z' })])).toEqual([]);
});

it('takes comparisons that are themselves the rows of the branch', () => {
  expect(missingBranches([uplift(), uplift({ branch: 'control', comparison_to_branch: 'treatment' })])).toEqual([]);
});

it('names a branch without rows, once, and where it is missing', () => {
  expect(missingBranches([uplift(), uplift({ metric: 'z' })])).toEqual([`"control" (${WHERE})`]);
});

it.each<[StatisticsRow, string]>([
  [{ window_index: 2 }, 'window_index 2, segment all, analysis_basis enrollments'],
  [{ window_index: 4_294_967_297n }, 'window_index 4294967297, segment all, analysis_basis enrollments'],
  [{ segment: 'new' }, 'window_index 1, segment new, analysis_basis enrollments'],
  [{ analysis_basis: 'exposures' }, 'window_index 1, segment all, analysis_basis exposures'],
])('looks for the branch in the same window, segment and basis: %o', (changes, where) => {
  expect(missingBranches([statisticsRow(), uplift(changes)])).toEqual([`"control" (${where})`]);
});

it('leaves rows without a basis aside, on both sides', () => {
  expect(missingBranches([uplift({ analysis_basis: null })])).toEqual([]);
  expect(missingBranches([statisticsRow({ analysis_basis: null }), uplift()])).toHaveLength(1);
});

it('counts no row that was refused as a row of its branch', () => {
  expect(missingBranches([statisticsRow({ statistic: null }), uplift()])).toHaveLength(1);
});

it('asks nothing of a comparison that was refused', () => {
  expect(missingBranches([uplift({ comparison_to_branch: 'nobody', statistic: null })])).toEqual([]);
});

it('goes back to a group that it has seen before', () => {
  const exposures = { analysis_basis: 'exposures' };

  const missing = missingBranches([statisticsRow(), statisticsRow(exposures), uplift(exposures), uplift()]);

  expect(missing).toEqual([]);
});

it('takes names for what they are: quotes, spaces and case', () => {
  const missing = missingBranches([statisticsRow({ branch: 'Control' }), uplift({ comparison_to_branch: 'a "b"' })]);

  expect(missing).toEqual([`"a \\"b\\"" (${WHERE})`]);
});

it('works on tables without windows, and with windows as text', () => {
  const rows = [statisticsRow({ window_index: '1' }), uplift({ window_index: '2' })];

  expect(missingBranches(rows, columnsWithout('window_index'))).toEqual([]);
  expect(missingBranches(rows, columnsWith({ window_index: STRING }))).toEqual([
    '"control" (window_index 2, segment all, analysis_basis enrollments)',
  ]);
});
