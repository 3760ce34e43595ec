import { expect, it } from 'vitest';
import { orderByRows } from '../../../../src/adapters/duckdb/row-order.ts';
import { identifier, qualified } from '../../../../src/adapters/duckdb/sql.ts';
import { FLOAT64, INT64, STATISTICS_COLUMNS, STRING } from '../../../support/statistics-table.ts';

it('rows are ordered by all columns: those of the key first, NULL first', () => {
  const terms = orderByRows([{ name: 'note', type: STRING }, ...STATISTICS_COLUMNS]).split(', ');

  expect(terms).toHaveLength(14);
  expect(terms.slice(0, 3)).toEqual([
    '"window_index" ASC NULLS FIRST',
    '"segment" ASC NULLS FIRST',
    '"analysis_basis" ASC NULLS FIRST',
  ]);
  expect(terms.at(-1)).toBe('"note" ASC NULLS FIRST');
});

it('windows that are texts are ordered as numbers', () => {
  expect(orderByRows([{ name: 'window_index', type: STRING }])).toBe(
    'TRY_CAST("window_index" AS HUGEINT) ASC NULLS FIRST, "window_index" ASC NULLS FIRST',
  );
  expect(orderByRows([{ name: 'window_index', type: INT64 }])).toBe('"window_index" ASC NULLS FIRST');
});

it('keys that are written alike are ordered alike; values are not touched', () => {
  expect(orderByRows([{ name: 'ci_width', type: FLOAT64 }])).toBe(
    'CASE WHEN isfinite("ci_width") THEN "ci_width" + 0 END ASC NULLS FIRST',
  );
  expect(orderByRows([{ name: 'point', type: FLOAT64 }])).toBe('"point" ASC NULLS FIRST');
});

it('there is always something to order by', () => {
  expect(orderByRows([])).toBe('1');
});

it('names stand in SQL whatever characters they hold', () => {
  expect(identifier('a"; DROP TABLE x; --')).toBe('"a""; DROP TABLE x; --"');
  expect(qualified('mozanalysis', 'a b')).toBe('"mozanalysis"."a b"');
});
