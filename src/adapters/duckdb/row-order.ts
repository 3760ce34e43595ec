/** The order of rows as DuckDB can sort them (spec: statistics, section 3). */
import type { Column } from '../../domain/column-type.ts';
import { KEY_COLUMNS, ORDER_COLUMNS } from '../../domain/row-order.ts';
import { identifier } from './sql.ts';

/**
 * The ORDER BY list of a table: the format's columns first, then all others, so that the same rows give the same bytes.
 * Never empty if there are columns.
 */
export function orderByRows(columns: readonly Column[]): string {
  const named = ORDER_COLUMNS.flatMap((name) => columns.filter((column) => column.name === name));
  const others = columns.filter((column) => !named.includes(column));
  const terms = [...named, ...others].flatMap(sortTerms).map((term) => `${term} ASC NULLS FIRST`);
  return terms.length === 0 ? '1' : terms.join(', ');
}

function sortTerms(column: Column): string[] {
  const name = identifier(column.name);
  // Windows ascend by number, even if the column is text.
  if (column.name === 'window_index' && column.type.kind === 'string') return [`TRY_CAST(${name} AS HUGEINT)`, name];
  // Keys that are written the same must be neighbours: NaN and the infinities are null in the file, and -0 is 0.
  if (isKey(column.name) && column.type.kind === 'float64') return [`CASE WHEN isfinite(${name}) THEN ${name} + 0 END`];
  return [name];
}

function isKey(name: string): boolean {
  return KEY_COLUMNS.some((key) => key === name);
}
