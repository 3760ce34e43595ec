import { array, assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countQuery,
  dimensionsOf,
  groupsOf,
  partsOf,
  type RowGroup,
  slicesOf,
} from '../../../../src/adapters/bigquery/divide-table.ts';
import { columnsWith, columnsWithout, STATISTICS_COLUMNS, STRING } from '../../../support/statistics-table.ts';

const BY_WINDOW = dimensionsOf(STATISTICS_COLUMNS);

function group(window: string | null, rows: number, metric: string | null = null): RowGroup {
  return { window, metric, rows };
}

describe('slices', () => {
  it('are the windows where those are small', () => {
    const slices = slicesOf([group(null, 1), group('1', 5), group('2', 7)], BY_WINDOW, 10);

    expect(slices).toEqual([
      { restriction: 'window_index IS NULL', rows: 1 },
      { restriction: 'window_index = 1', rows: 5 },
      { restriction: 'window_index = 2', rows: 7 },
    ]);
  });

  it('are ranges of metrics inside a large window', () => {
    const groups = [
      group('1', 2, null),
      group('1', 4, 'a'),
      group('1', 4, "b'c"),
      group('1', 4, 'd'),
      group('2', 3, 'a'),
    ];

    const slices = slicesOf(groups, BY_WINDOW, 8);

    expect(slices).toEqual([
      { restriction: 'window_index = 1 AND `metric` IS NULL', rows: 2 },
      { restriction: String.raw`window_index = 1 AND ${'`metric`'} >= 'a' AND ${'`metric`'} <= 'b\'c'`, rows: 8 },
      { restriction: "window_index = 1 AND `metric` >= 'd' AND `metric` <= 'd'", rows: 4 },
      { restriction: 'window_index = 2', rows: 3 },
    ]);
  });

  it('are the whole table where it has no windows and is not large', () => {
    const dimensions = dimensionsOf(columnsWithout('window_index', 'metric'));

    expect(slicesOf([group(null, 5)], dimensions, 1)).toEqual([{ rows: 5 }]);
    expect(slicesOf([], dimensions, 1)).toEqual([]);
  });

  it('quote windows that are kept as text', () => {
    const dimensions = dimensionsOf(columnsWith({ window_index: STRING }));

    expect(slicesOf([group('10', 5)], dimensions, 10)).toEqual([{ restriction: "window_index = '10'", rows: 5 }]);
    expect(countQuery('`t`', dimensions, false)).toBe(
      'SELECT window_index, COUNT(*) AS n FROM `t` GROUP BY window_index ORDER BY SAFE_CAST(window_index AS BIGNUMERIC), window_index',
    );
  });

  it('have every row once, in the order of the windows, whatever the sizes', () => {
    const sizes = array(array(integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 }), { maxLength: 8 });
    assert(
      property(sizes, integer({ min: 1, max: 100 }), (windows, wantedRows) => {
        const groups = windows.flatMap((metrics, window) =>
          metrics.map((rows, metric) => group(String(window + 1), rows, `m${metric}`)),
        );

        const slices = slicesOf(groups, BY_WINDOW, wantedRows);
        const parts = partsOf(slices, wantedRows);

        const total = groups.reduce((sum, { rows }) => sum + rows, 0);
        expect(parts.flat()).toEqual(slices);
        expect(slices.reduce((sum, { rows }) => sum + rows, 0)).toBe(total);
        const places = slices.map(({ restriction }) => Number(/window_index = (\d+)/.exec(restriction ?? '')?.[1]));
        expect(places).toEqual(places.toSorted((a, b) => a - b));
        for (const part of parts) {
          const rows = part.reduce((sum, slice) => sum + slice.rows, 0);
          expect(part.length === 1 || rows <= wantedRows).toBe(true);
        }
      }),
    );
  });
});

describe('counting', () => {
  it('asks for windows, or for metrics of windows, and takes the answer apart', () => {
    const rows = [
      ['1', 'a', '5'],
      [null, null, '7'],
    ];

    expect(countQuery('`t`', BY_WINDOW, true)).toBe(
      'SELECT window_index, metric, COUNT(*) AS n FROM `t` GROUP BY window_index, metric ORDER BY window_index, metric',
    );
    expect(countQuery('`t`', dimensionsOf([]), false)).toBe('SELECT COUNT(*) AS n FROM `t`');
    expect(groupsOf(rows, BY_WINDOW, true)).toEqual([group('1', 5, 'a'), group(null, 7)]);
    expect(groupsOf([['9']], dimensionsOf([]), false)).toEqual([group(null, 9)]);
  });
});
