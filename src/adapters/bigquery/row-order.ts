/**
 * The order of rows as BigQuery sorts them (spec: statistics, section 3): NULL first, texts by their bytes. A query must
 * name its columns before we know them, and asking for them would cost more requests than a small export has. So the first
 * attempt assumes the usual columns, and only a table that differs is asked for its own.
 */
import type { Column } from '../../domain/column-type.ts';
import { KEY_COLUMNS, ORDER_COLUMNS } from '../../domain/row-order.ts';
import { identifier } from './sql.ts';

/** Columns that may hold NaN: FLOAT64 in some tables, NUMERIC in others. */
const FLOATING_KEYS = ['parameter', 'ci_width'];

/** Types that ORDER BY accepts. */
const SORTABLE = new Set([
  'string',
  'float64',
  'int64',
  'numeric',
  'bool',
  'timestamp',
  'datetime',
  'date',
  'time',
  'bytes',
]);

/** The ORDER BY list for the usual columns. */
export const CONTRACT_ORDER = ORDER_COLUMNS.map((name) =>
  FLOATING_KEYS.includes(name) ? finite(identifier(name)) : identifier(name),
).join(', ');

/** Whether rows sorted by CONTRACT_ORDER are in the right order, now that the types are known. */
export function isContractOrder(columns: readonly Column[]): boolean {
  const known = columns.filter((column) => ORDER_COLUMNS.some((name) => name === column.name));
  return known.length === ORDER_COLUMNS.length && known.every((column) => isSortedByItsValue(column));
}

/** The ORDER BY list of a table, usual columns first; undefined if none can be sorted. */
export function orderByColumns(columns: readonly Column[]): string | undefined {
  const sortable = columns.filter((column) => SORTABLE.has(column.type.kind));
  const named = ORDER_COLUMNS.flatMap((name) => sortable.filter((column) => column.name === name));
  const others = sortable.filter((column) => !named.includes(column));
  const terms = [...named, ...others].flatMap(sortTerms);
  return terms.length === 0 ? undefined : terms.join(', ');
}

function isSortedByItsValue({ name, type }: Column): boolean {
  if (name === 'window_index') return type.kind === 'int64';
  return type.kind !== 'float64' || FLOATING_KEYS.includes(name) || !isKey(name);
}

function sortTerms(column: Column): string[] {
  const name = identifier(column.name);
  // Windows ascend by number, even if the column is text.
  if (column.name === 'window_index' && column.type.kind === 'string') {
    return [`SAFE_CAST(${name} AS BIGNUMERIC)`, name];
  }
  return [isKey(column.name) && column.type.kind === 'float64' ? finite(name) : name];
}

/** Keys that are written the same must be neighbours: NaN and the infinities are null in the file. */
function finite(name: string): string {
  return `IF(IS_NAN(${name}) OR IS_INF(${name}), NULL, ${name})`;
}

function isKey(name: string): boolean {
  return KEY_COLUMNS.some((key) => key === name);
}
