/**
 * Divides the rows of a stored table into parts for several workers. A part consists of slices: whole windows if they are
 * small, ranges of metrics inside a window if it is large. Rows of one key are always in one slice. The streams of a read
 * session would not do: their lengths are known only after reading, so a missing row could not be noticed, and rows of one
 * key could be in two of them (ADR 8).
 */
import type { Column } from '../../domain/column-type.ts';
import { identifier, textLiteral } from './sql.ts';

/** All rows of a stored table, or those of a restriction. */
export interface Slice {
  /** As in a WHERE clause. */
  readonly restriction?: string;
  readonly rows: number;
}

/** The number of rows of a window, or of a metric in it. Parts are made from these. */
export interface RowGroup {
  readonly window: string | null;
  readonly metric: string | null;
  readonly rows: number;
}

export interface Dimensions {
  readonly hasWindows: boolean;
  /** The window column is text. */
  readonly areWindowsTexts: boolean;
  readonly hasMetrics: boolean;
}

/** The columns by which a table can be divided. */
export function dimensionsOf(columns: readonly Column[]): Dimensions {
  const kind = (name: string) => columns.find((column) => column.name === name)?.type.kind;
  const windows = kind('window_index');
  return {
    hasWindows: windows === 'int64' || windows === 'string',
    areWindowsTexts: windows === 'string',
    hasMetrics: kind('metric') === 'string',
  };
}

/** The query that counts the rows per window of a table (a path in backticks), or per window and metric. */
export function countQuery(path: string, { hasWindows, areWindowsTexts }: Dimensions, byMetric: boolean): string {
  const windows = hasWindows ? ['window_index'] : [];
  const columns = [...windows, ...(byMetric ? ['metric'] : [])];
  // Windows ascend by number, even if the column is text.
  const order = areWindowsTexts ? ['SAFE_CAST(window_index AS BIGNUMERIC)', ...columns] : columns;
  const groups = columns.length === 0 ? '' : ` GROUP BY ${columns.join(', ')} ORDER BY ${order.join(', ')}`;
  return `SELECT ${[...columns, 'COUNT(*) AS n'].join(', ')} FROM ${path}${groups}`;
}

/** The groups from the reply to that query. */
export function groupsOf(
  rows: readonly (readonly (string | null)[])[],
  { hasWindows }: Dimensions,
  byMetric: boolean,
): RowGroup[] {
  return rows.map((row) => ({
    window: hasWindows ? (row[0] ?? null) : null,
    metric: byMetric ? (row.at(-2) ?? null) : null,
    rows: Number(row.at(-1)),
  }));
}

/** Slices in the order of the file, none much above the wanted rows unless one metric of a window is. */
export function slicesOf(groups: readonly RowGroup[], dimensions: Dimensions, wantedRows: number): Slice[] {
  return runsOf(groups, (a, b) => a.window === b.window).flatMap((window) => {
    const restriction = dimensions.hasWindows ? windowRestriction(window[0]!.window, dimensions) : undefined;
    if (sum(window) <= wantedRows || window.length === 1) return [withRestrictions([restriction], sum(window))];
    return packed(window, wantedRows, (group) => group.metric === null).map((run) =>
      withRestrictions([restriction, metricRestriction(run)], sum(run)),
    );
  });
}

/** Joins consecutive slices into parts of about the wanted rows. */
export function partsOf(slices: readonly Slice[], wantedRows: number): Slice[][] {
  return packed(slices, wantedRows, () => false);
}

/** Joins neighbours up to the wanted rows; an entry with `isAlone` stays alone. */
function packed<T extends { readonly rows: number }>(
  items: readonly T[],
  wantedRows: number,
  isAlone: (item: T) => boolean,
): T[][] {
  const runs: T[][] = [];
  let rows = 0;
  for (const item of items) {
    const last = runs.at(-1);
    const fits = last !== undefined && rows + item.rows <= wantedRows && !isAlone(item) && !isAlone(last[0]!);
    if (fits) last.push(item);
    else runs.push([item]);
    rows = fits ? rows + item.rows : item.rows;
  }
  return runs;
}

function runsOf<T>(items: readonly T[], isSame: (a: T, b: T) => boolean): T[][] {
  const runs: T[][] = [];
  for (const item of items) {
    const last = runs.at(-1);
    if (last !== undefined && isSame(last[0]!, item)) last.push(item);
    else runs.push([item]);
  }
  return runs;
}

function windowRestriction(window: string | null, { areWindowsTexts }: Dimensions): string {
  if (window === null) return 'window_index IS NULL';
  return `window_index = ${areWindowsTexts ? textLiteral(window) : window}`;
}

function metricRestriction(run: readonly RowGroup[]): string {
  const first = run[0]!.metric;
  const last = run.at(-1)!.metric;
  const name = identifier('metric');
  if (first === null || last === null) return `${name} IS NULL`;
  return `${name} >= ${textLiteral(first)} AND ${name} <= ${textLiteral(last)}`;
}

function withRestrictions(restrictions: readonly (string | undefined)[], rows: number): Slice {
  const restriction = restrictions.filter((text) => text !== undefined).join(' AND ');
  return restriction === '' ? { rows } : { restriction, rows };
}

function sum(items: readonly { readonly rows: number }[]): number {
  return items.reduce((total, item) => total + item.rows, 0);
}
