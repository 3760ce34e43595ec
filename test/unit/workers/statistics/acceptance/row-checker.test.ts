import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column } from '../../../../../src/domain/column-type.ts';
import type { RowOrder } from '../../../../../src/ports/statistics-source.ts';
import { CONSOLE_RULES } from '../../../../../src/domain/console-rules.ts';
import { type CheckResult, RowChecker } from '../../../../../src/workers/statistics/acceptance/row-checker.ts';
import { columnBatch } from '../../../../support/column-batches.ts';
import {
  columnsWith,
  columnsWithout,
  numberedRows,
  STATISTICS_COLUMNS,
  STRING,
  statisticsRow,
  type StatisticsRow,
} from '../../../../support/statistics-table.ts';

interface Checked {
  readonly result: CheckResult;
  /** Of all rows: whether each is left out. */
  readonly leftOut: boolean[];
}

interface CheckOptions {
  readonly columns?: readonly Column[];
  readonly rowsPerBatch?: number;
  readonly order?: RowOrder;
  readonly windowLimit?: number;
}

const FIXED = { period: 'weekly', rules: CONSOLE_RULES.e5dd1051c } as const;

/** Checks rows in batches of that size; a shown row is its number in the batch. */
function check(
  rows: readonly StatisticsRow[],
  { columns = STATISTICS_COLUMNS, rowsPerBatch = 3, order = 'key', windowLimit = 1_000 }: CheckOptions = {},
): Checked {
  const checker = new RowChecker({ ...FIXED, columns, order, windowLimit, showRow: (_batch, row) => `row ${row}` });
  const leftOut: boolean[] = [];
  for (let start = 0; start < rows.length; start += rowsPerBatch) {
    const batch = columnBatch(columns, rows.slice(start, start + rowsPerBatch));
    const marks = checker.check(batch).leftOut;
    for (let row = 0; row < batch.rowCount; row++) leftOut.push(marks !== undefined && marks[row] !== 0);
  }
  return { result: checker.finish(), leftOut };
}

describe('the check of rows', () => {
  it('leaves nothing out of a table without fault, and says so per batch', () => {
    const rows = numberedRows(7);
    const checker = new RowChecker({
      ...FIXED,
      columns: STATISTICS_COLUMNS,
      order: 'key',
      windowLimit: 1_000,
      showRow: () => '',
    });

    const { leftOut } = checker.check(columnBatch(STATISTICS_COLUMNS, rows));

    expect(leftOut).toBeUndefined();
    expect(checker.finish()).toEqual({
      rows: 7,
      rejected: 0,
      dropped: 0,
      duplicates: 0,
      unchecked: 0,
      withoutBasis: 0,
      endlessTexts: 0,
      reasons: [],
      shown: [],
      branches: ['control'],
      windows: ['1'],
      bases: ['enrollments'],
    });
  });

  it('finds nothing in no rows', () => {
    expect(check([]).result).toMatchObject({ rows: 0, rejected: 0, duplicates: 0, branches: [] });
  });

  it('counts a row once, under the first rule that it breaks, and names the most frequent rule first', () => {
    const { result } = check([
      statisticsRow({ metric: null, segment: null }),
      ...numberedRows(2, { ci_width: 2 }),
      statisticsRow(),
    ]);

    expect(result.rejected).toBe(3);
    expect(result.reasons).toEqual([
      { rule: 'R1', reason: 'ci_width is not within 0 to 1', rows: 2 },
      { rule: 'R1', reason: 'metric is null', rows: 1 },
    ]);
  });

  it('shows the first five refused rows of the table, whichever rules they break', () => {
    const rows = [
      ...numberedRows(2, { analysis_basis: 'x' }),
      statisticsRow({ metric: 'fine' }),
      ...numberedRows(2, { ci_width: 2 }),
      ...numberedRows(5, { metric: null }),
    ];

    const { result } = check(rows, { rowsPerBatch: rows.length });

    expect(result.shown).toEqual([
      { reason: 'analysis_basis is neither enrollments nor exposures', json: 'row 0' },
      { reason: 'analysis_basis is neither enrollments nor exposures', json: 'row 1' },
      { reason: 'ci_width is not within 0 to 1', json: 'row 3' },
      { reason: 'ci_width is not within 0 to 1', json: 'row 4' },
      { reason: 'metric is null', json: 'row 5' },
    ]);
  });

  it('shows five rows also when they come in several batches', () => {
    const { result } = check(numberedRows(9, { metric: null }), { rowsPerBatch: 2 });

    expect(result.shown.map((row) => row.json)).toEqual(['row 0', 'row 1', 'row 0', 'row 1', 'row 0']);
  });
});

describe('duplicates', () => {
  const KEY_CHANGES: readonly StatisticsRow[] = [
    { metric: 'b' },
    { statistic: 'sum' },
    { branch: 'treatment' },
    { parameter: '0.5' },
    { comparison: 'difference', comparison_to_branch: 'control' },
    { ci_width: 0.9 },
    { ci_width: null },
    { segment: 'new' },
    { analysis_basis: 'exposures' },
    { analysis_basis: null },
    { window_index: 2 },
  ];

  it('are rows with the same key: the first stays, the others go, counted apart', () => {
    const { result, leftOut } = check([
      statisticsRow({ point: 1 }),
      statisticsRow({ point: 2 }),
      statisticsRow({ point: 3, lower: null, upper: null }),
      statisticsRow({ metric: 'other' }),
    ]);

    expect(leftOut).toEqual([false, true, true, false]);
    expect(result).toMatchObject({ rows: 4, rejected: 0, duplicates: 2 });
  });

  it.each(KEY_CHANGES.map((changes) => [changes]))('are not rows that differ in %o', (changes) => {
    expect(check([statisticsRow(), statisticsRow(changes)]).result.duplicates).toBe(0);
    expect(check([statisticsRow(changes), statisticsRow(changes)]).result.duplicates).toBe(1);
  });

  it('are found over the border of two batches, and over refused rows between them', () => {
    const refused = statisticsRow({ metric: 'm', point: Number.NaN, lower: 'x' });
    const taken = statisticsRow({ metric: 'm', lower: '1' });
    const columns = columnsWith({ lower: STRING });

    for (const rowsPerBatch of [1, 2, 5]) {
      const { result, leftOut } = check([refused, taken, refused, taken, taken], { rowsPerBatch, columns });

      expect(leftOut).toEqual([true, false, true, true, true]);
      expect(result).toMatchObject({ rejected: 2, duplicates: 2 });
    }
  });

  it('are rows whose keys differ but are written alike: NaN as null, -0 as 0', () => {
    const nulls = [null, Number.NaN, Number.POSITIVE_INFINITY].map((ci_width) => statisticsRow({ ci_width }));
    const zeros = [0, -0].map((ci_width) => statisticsRow({ ci_width }));

    expect(check(nulls).result.duplicates).toBe(2);
    expect(check(zeros).result.duplicates).toBe(1);
  });

  it('that break a rule are refused, not counted as duplicates', () => {
    const broken = statisticsRow({ ci_width: 2 });

    expect(check([broken, broken]).result).toMatchObject({ rejected: 2, duplicates: 0 });
  });

  it('are found by the key columns that the table has', () => {
    const columns = columnsWithout('window_index', 'parameter');

    expect(check([statisticsRow(), statisticsRow({ window_index: 2 })], { columns }).result.duplicates).toBe(1);
  });
});

describe('duplicates in a table that is sorted by windows only', () => {
  const window = (window_index: number) => [
    statisticsRow({ window_index, metric: 'b' }),
    statisticsRow({ window_index, metric: 'a' }),
    statisticsRow({ window_index, metric: 'b', point: 9 }),
  ];

  it('are found wherever they stand in their window', () => {
    const { result, leftOut } = check([...window(1), ...window(2)], { order: 'windows', windowLimit: 3 });

    expect(leftOut).toEqual([false, false, true, false, false, true]);
    expect(result).toMatchObject({ duplicates: 2, unchecked: 0 });
  });

  it('are not looked for in rows of a window above the limit, which are counted', () => {
    const { result } = check([...numberedRows(5), ...window(2)], { order: 'windows', windowLimit: 3 });

    expect(result).toMatchObject({ duplicates: 1, unchecked: 2 });
  });

  it('are rows whose keys are written alike', () => {
    const rows = [null, 0, Number.NaN, -0].map((ci_width) => statisticsRow({ ci_width }));

    expect(check(rows, { order: 'windows', windowLimit: 10 }).result.duplicates).toBe(2);
  });
});

describe('rows without an analysis basis', () => {
  it('are taken and counted, once for each row that stays', () => {
    const row = statisticsRow({ analysis_basis: null });

    const { result } = check([row, row, statisticsRow()]);

    expect(result).toMatchObject({ rejected: 0, duplicates: 1, withoutBasis: 1 });
  });
});

describe('where only windows ascend', () => {
  const byWindow = (rows: readonly StatisticsRow[], windowLimit = 1_000) =>
    check(rows, { order: 'windows', windowLimit, rowsPerBatch: 2 });

  it('finds duplicates that stand apart, and leaves the later one out', () => {
    const first = statisticsRow({ metric: 'a' });
    const { result, leftOut } = byWindow([
      first,
      statisticsRow({ metric: 'b' }),
      statisticsRow({ metric: 'c' }),
      first,
    ]);

    expect(result).toMatchObject({ duplicates: 1, unchecked: 0 });
    expect(leftOut).toEqual([false, false, false, true]);
  });

  it('does not take one window for another', () => {
    expect(byWindow([1, 2, 3].map((window) => statisticsRow({ window_index: window }))).result.duplicates).toBe(0);
  });

  it('agrees with the check of sorted rows, whatever the rows', () => {
    const cell = fc.constantFrom(null, 'a', 'ab', 'b', '');
    const row = fc.record({
      window_index: fc.constantFrom(1, 2),
      metric: fc.constantFrom('a', 'ab', 'b'),
      statistic: fc.constantFrom('bc', 'c'),
      parameter: fc.constantFrom(null, '0', '0.5'),
      comparison_to_branch: cell,
      ci_width: fc.constantFrom(null, 0, -0, Number.NaN, 0.95),
    });
    const text = (value: StatisticsRow) =>
      JSON.stringify([
        value['window_index'],
        value['metric'],
        value['statistic'],
        value['parameter'],
        value['comparison_to_branch'],
        value['ci_width'],
      ]);
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), (values) => {
        const rows = values
          .map((value) =>
            statisticsRow({ ...value, comparison: value.comparison_to_branch === null ? null : 'difference' }),
          )
          .toSorted((a, b) => (text(a) < text(b) ? -1 : 1));
        const shuffled = rows.filter((_, index) => index % 2 === 0).concat(rows.filter((_, index) => index % 2 === 1));
        const windows = shuffled.toSorted((a, b) => Number(a['window_index']) - Number(b['window_index']));
        expect(byWindow(windows).result.duplicates).toBe(check(rows).result.duplicates);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('stops looking in a window above the limit, and says how many rows it did not check', () => {
    const rows = [...numberedRows(10), statisticsRow({ window_index: 2 })];

    const { result } = byWindow([...rows.slice(0, 10), ...numberedRows(1), ...rows.slice(10)], 4);

    expect(result).toMatchObject({ duplicates: 1, unchecked: 6 });
  });
});
