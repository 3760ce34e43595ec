/**
 * Divides the rows of a stored table into parts that several workers can read at once. A part is made of slices: whole
 * windows where they are small, ranges of metrics inside a window where they are large. Not of the streams of one read
 * session: their lengths are known only when they have been read, so nobody could tell whether rows are missing, and
 * rows of one key could come in two of them. Rows of one key always lie in one slice.
 */
import type { Column } from '../../domain/column-type.ts';
import { identifier, textLiteral } from './sql.ts';

/** Rows of a stored table: all, or those of a restriction. */
export interface Slice {
  /** As in a WHERE clause. */
  readonly restriction?: string;
  readonly rows: number;
}

/** How many rows a window, or a metric of it, has; parts are made of these. */
export interface RowGroup {
  readonly window: string | null;
  readonly metric: string | null;
  readonly rows: number;
}

export interface Dimensions {
  readonly hasWindows: boolean;
  /** Windows that are kept as text. */
  readonly areWindowsTexts: boolean;
  readonly hasMetrics: boolean;
}

/** By which columns a table with these columns can be divided. */
export function dimensionsOf(columns: readonly Column[]): Dimensions {
  const kind = (name: string) => columns.find((column) => column.name === name)?.type.kind;
  const windows = kind('window_index');
  return {
    hasWindows: windows === 'int64' || windows === 'string',
    areWindowsTexts: windows === 'string',
    hasMetrics: kind('metric') === 'string',
  };
}

/** The query that counts the rows of each window of a table (a path in backticks), or of each metric of each window. */
export function countQuery(path: string, { hasWindows, areWindowsTexts }: Dimensions, byMetric: boolean): string {
  const windows = hasWindows ? ['window_index'] : [];
  const columns = [...windows, ...(byMetric ? ['metric'] : [])];
  // Windows ascend by number, also where the number is kept as text.
  const order = areWindowsTexts ? ['SAFE_CAST(window_index AS BIGNUMERIC)', ...columns] : columns;
  const groups = columns.length === 0 ? '' : ` GROUP BY ${columns.join(', ')} ORDER BY ${order.join(', ')}`;
  return `SELECT ${[...columns, 'COUNT(*) AS n'].join(', ')} FROM ${path}${groups}`;
}

/** The groups out of the answer to that query. */
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

/** Slices in the order of the file, none much above the wanted number of rows unless one metric of a window is. */
export function slicesOf(groups: readonly RowGroup[], dimensions: Dimensions, wantedRows: number): Slice[] {
  return runsOf(groups, (a, b) => a.window === b.window).flatMap((window) => {
    const restriction = dimensions.hasWindows ? windowRestriction(window[0]!.window, dimensions) : undefined;
    if (sum(window) <= wantedRows || window.length === 1) return [withRestrictions([restriction], sum(window))];
    return packed(window, wantedRows, (group) => group.metric === null).map((run) =>
      withRestrictions([restriction, metricRestriction(run)], sum(run)),
    );
  });
}

/** Consecutive slices together, about as many rows as wanted to a part. */
export function partsOf(slices: readonly Slice[], wantedRows: number): Slice[][] {
  return packed(slices, wantedRows, () => false);
}

/** Neighbours in runs of up to the wanted rows; one for which `isAlone` holds makes a run by itself. */
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
