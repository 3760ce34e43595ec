/** SQL of selections. What the warehouses write differently is in `SqlWords`, which their adapters own. */
import { STARTS_PARAMETER } from './built-in-parameters.ts';
import type { OrderTerm, QueriedTable, TableSelection, TimeStep } from './selection.ts';

/** How a warehouse writes what its SQL has of its own. Arguments that are not names are SQL. */
export interface SqlWords {
  /** Quotes the name of a column, whatever characters it has. */
  identifier(name: string): string;
  table(name: QueriedTable): string;
  parameter(name: string): string;
  /** A SELECT with a row of `slug` and `start` for each element of two arrays. */
  rowsOf(slugs: string, starts: string): string;
  isBefore(time: string, other: string): string;
  /** Whether `now` is more than so many days after `start`. */
  isOlderThan(now: string, start: string, days: number): string;
  /** The time at the start of its step; `seconds` is the length of steps, which begin at 1970. */
  startOfStep(time: string, seconds: string): string;
}

/** The SELECT of a table, without order. Its only texts from outside are names, which are quoted. */
export function tableSql(selection: TableSelection, words: SqlWords): string {
  const { columns, sum, step } = selection;
  const { from, conditions } = rowsFrom(selection, words);
  const stepStart = step === undefined ? undefined : startOfStep(step, words);
  const cell = (column: string): string =>
    stepStart !== undefined && column === step?.column ? stepStart : rowColumn(column, words);
  const fields = columns.map((column) => `${cell(column)} AS ${words.identifier(column)}`);
  const isLast = step?.take === 'last' && stepStart !== undefined;
  const place = isLast ? [`${placeInStep(selection, step, { stepStart, words })} AS ${PLACE}`] : [];
  const where = conditions.length === 0 ? '' : `\nWHERE ${conditions.join('\n  AND ')}`;
  const rows = `SELECT ${[...fields, ...place].join(', ')}\n${from}${where}`;
  const names = columns.map((column) => words.identifier(column));
  const kept = isLast ? `SELECT ${names.join(', ')} FROM (\n${rows}\n) AS stepped WHERE ${PLACE} = 1` : rows;
  if (sum === undefined) return kept;
  const by = sum.by.map((column) => words.identifier(column)).join(', ');
  const outputs = columns.map((column) => (column === sum.column ? sumOf(column, words) : words.identifier(column)));
  return `SELECT ${outputs.join(', ')} FROM (\n${kept}\n) AS kept GROUP BY ${by}`;
}

/** `ORDER BY …`, or nothing. NULLs are placed explicitly, because warehouses differ. */
export function orderSql(order: readonly OrderTerm[], words: Pick<SqlWords, 'identifier'>): string {
  if (order.length === 0) return '';
  const terms = order.map(({ column, isDescending }) =>
    isDescending ? `${words.identifier(column)} DESC NULLS LAST` : `${words.identifier(column)} ASC NULLS FIRST`,
  );
  return ` ORDER BY ${terms.join(', ')}`;
}

/** Names that no column of a live table has; columns are always written with the alias of their table. */
const ROWS = 'contrail_rows';
const CHOSEN = 'contrail_chosen';
const PLACE = 'contrail_place';

function rowColumn(column: string, words: SqlWords): string {
  return `${ROWS}.${words.identifier(column)}`;
}

interface Rows {
  readonly from: string;
  readonly conditions: readonly string[];
}

/** The rows of the chosen experiments, from their starts. The first start alone lets the warehouse skip older partitions. */
function rowsFrom({ table, experiments, experimentColumn, since, step }: TableSelection, words: SqlWords): Rows {
  const from = `FROM ${words.table(table)} AS ${ROWS}`;
  if (experiments === 'none') return { from, conditions: [] };
  const isOne = experiments === 'one';
  const chosen = isOne
    ? `SELECT ${words.parameter('experiment')} AS slug, ${words.parameter('since')} AS start`
    : words.rowsOf(words.parameter('experiments'), words.parameter(STARTS_PARAMETER));
  const join = `JOIN (${chosen}) AS ${CHOSEN} ON ${rowColumn(experimentColumn, words)} = ${CHOSEN}.slug`;
  const bounds = since === undefined ? [] : [...(isOne ? [] : [words.parameter('since')]), `${CHOSEN}.start`];
  const time = step === undefined ? '' : rowColumn(step.column, words);
  const conditions = bounds.map((bound) => `NOT ${words.isBefore(time, bound)}`);
  return { from: `${from}\n${join}`, conditions };
}

function startOfStep({ column, fineMs, coarseMs, afterDays }: TimeStep, words: SqlWords): string {
  const isOld = words.isOlderThan(words.parameter('now'), `${CHOSEN}.start`, afterDays);
  const seconds = `CASE WHEN ${isOld} THEN ${coarseMs / 1000} ELSE ${fineMs / 1000} END`;
  return words.startOfStep(rowColumn(column, words), seconds);
}

/** 1 for the newest row of a step; of several with the same time the one with the largest values. */
function placeInStep(
  { columns }: TableSelection,
  { column: time, per }: TimeStep,
  { stepStart, words }: { readonly stepStart: string; readonly words: SqlWords },
): string {
  const others = columns.filter((column) => column !== time && !per.includes(column));
  const newest = [time, ...others].map((column) => `${rowColumn(column, words)} DESC`);
  const groups = [...per.map((column) => rowColumn(column, words)), stepStart];
  return `ROW_NUMBER() OVER (PARTITION BY ${groups.join(', ')} ORDER BY ${newest.join(', ')})`;
}

function sumOf(column: string, words: SqlWords): string {
  return `SUM(${words.identifier(column)}) AS ${words.identifier(column)}`;
}
