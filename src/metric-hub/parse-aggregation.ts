/** The `aggregation` keys of a metric and their valid combinations (spec: metadata, sections 3 and 8). */
import type { TableReader } from './table-reader.ts';
import { isTable, type TomlTable, type TomlValue } from './toml.ts';

/** All that matters of an aggregation: the SQL function that its template calls, if any. */
export interface ReadAggregation {
  readonly kind: string;
  readonly calls: string | undefined;
}

const OF_COLUMN = ['sum', 'count', 'recency_within'];
const OF_CONDITION = ['count_where', 'any'];
const COMPANIONS = ['column', 'within_days', 'threshold', 'scale', 'cumulative_window', 'incremental_window'];
const COMPARISONS = ['>', '>=', '<', '<=', '=', '!='];
const OPERATORS = [...COMPARISONS, 'IS NULL', 'IS NOT NULL'];
const COLUMN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const LONGEST_WITHIN_DAYS = 28;

/** The aggregation of a metric; undefined if it has none. Throws for contradictory keys. */
export function parseAggregation(metric: TableReader): ReadAggregation | undefined {
  const where = parseConditions(metric);
  parseThreshold(metric);
  const kind = metric.raw('aggregation');
  if (kind === undefined) {
    const stray =
      COMPANIONS.find((key) => metric.has(key)) ??
      (where.length > 0 ? 'where' : undefined) ??
      ((metric.raw('repeat_windows') ?? false) === false ? undefined : 'repeat_windows');
    if (stray !== undefined) throw metric.error(stray, 'it needs an aggregation');
    return undefined;
  }
  const name = typeof kind === 'string' ? kind : '';
  metric.checkAllowed('aggregation', name, [...OF_COLUMN, ...OF_CONDITION]);
  if (metric.has('select_expression'))
    throw metric.error('aggregation', 'it cannot be combined with select_expression');
  checkOperand(metric, name, where);
  checkWindows(metric, name);
  if (metric.has('scale') && !isNumber(metric.raw('scale'))) throw metric.error('scale', 'it must be a number');
  return { kind: name, calls: { sum: 'agg_sum', any: 'agg_any' }[name] };
}

/** Checks the input of the aggregation: a column or conditions, depending on its kind. */
function checkOperand(metric: TableReader, kind: string, where: readonly TomlTable[]): void {
  const column = metric.raw('column');
  if (column !== undefined) checkColumn(metric, 'column', column);
  if (!OF_COLUMN.includes(kind)) {
    if ((column === undefined) !== (where.length === 0)) return;
    throw metric.error('aggregation', `${kind} takes exactly one of column and where`);
  }
  if (column === undefined) throw metric.error('column', `${kind} needs a column`);
  if (where.length > 0) throw metric.error('where', `${kind} takes no conditions`);
}

function checkWindows(metric: TableReader, kind: string): void {
  const days = metric.raw('within_days');
  if (kind === 'recency_within') {
    if (!isPositiveInteger(days) || days > LONGEST_WITHIN_DAYS) {
      throw metric.error('within_days', `it must be a whole number from 1 to ${LONGEST_WITHIN_DAYS}`);
    }
  } else if (days !== undefined) {
    throw metric.error('within_days', 'only recency_within takes within_days');
  }
  const windows = ['cumulative_window', 'incremental_window'].filter((key) => metric.has(key));
  for (const key of windows) {
    if (!isPositiveInteger(metric.raw(key))) throw metric.error(key, 'it must be a whole number above 0');
  }
  const repeats = metric.raw('repeat_windows') ?? false;
  if (typeof repeats !== 'boolean') throw metric.error('repeat_windows', 'it must be true or false');
  if (repeats && windows.length === 0) {
    throw metric.error('repeat_windows', 'it needs a cumulative_window or an incremental_window');
  }
}

function parseConditions(metric: TableReader): readonly TomlTable[] {
  const conditions = metric.list('where')?.value ?? [];
  return conditions.map((condition) => {
    if (!isTable(condition)) throw metric.error('where', 'each condition must be a table');
    checkKeys(metric, 'where', condition, ['column', 'op', 'value']);
    checkColumn(metric, 'where', condition.get('column'));
    const operator = condition.get('op');
    if (operator !== undefined) metric.checkAllowed('where', textOrNone(operator), OPERATORS);
    const wantsValue = COMPARISONS.includes(textOrNone(operator));
    if (wantsValue !== condition.has('value')) {
      throw metric.error('where', wantsValue ? 'a comparison needs a value' : 'only a comparison takes a value');
    }
    return condition;
  });
}

function parseThreshold(metric: TableReader): void {
  const threshold = metric.raw('threshold');
  if (threshold === undefined) return;
  if (!isTable(threshold)) throw metric.error('threshold', 'it must be a table');
  checkKeys(metric, 'threshold', threshold, ['op', 'value']);
  metric.checkAllowed('threshold', textOrNone(threshold.get('op')), COMPARISONS);
  if (!isNumber(threshold.get('value'))) throw metric.error('threshold', 'its value must be a number');
}

function checkKeys(metric: TableReader, key: string, table: TomlTable, allowed: readonly string[]): void {
  for (const name of table.keys()) metric.checkAllowed(key, name, allowed);
}

function checkColumn(metric: TableReader, key: string, column: TomlValue | undefined): void {
  if (typeof column === 'string' && COLUMN_NAME.test(column)) return;
  throw metric.error(key, 'the column must be a plain name');
}

/** A text; empty, which is not an operator, for anything else. */
function textOrNone(value: TomlValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function isNumber(value: TomlValue | undefined): boolean {
  return typeof value === 'number' || typeof value === 'bigint';
}

function isPositiveInteger(value: TomlValue | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}
