/** Selections worked out on rows in memory, without SQL. */
import type { ArrayParameter, QueryParameter, QueryParameters } from '../../domain/query-export/query-parameter.ts';
import { STARTS_PARAMETER } from '../../domain/query-export/built-in-parameters.ts';
import type { OrderTerm, TableSelection, TimeStep } from '../../domain/query-export/selection.ts';
import { floorTo, MICROS_PER_DAY, MICROS_PER_MS, parseTimestamp } from '../../domain/utc-time.ts';

/** INT64 is a bigint, TIMESTAMP microseconds since 1970 as one. */
export type MemoryCell = string | number | bigint | boolean | null;
export type MemoryRow = Readonly<Record<string, MemoryCell>>;

/** The rows of a table that a selection has, in no order. */
export function selectRows(
  rows: readonly MemoryRow[],
  selection: TableSelection,
  parameters: QueryParameters,
): MemoryRow[] {
  const { columns, sum, step, since, experiments, experimentColumn } = selection;
  const starts = startsOf(experiments, parameters);
  const startOf = (row: MemoryRow): number => starts?.get(row[experimentColumn] ?? null) ?? Number.NaN;
  const chosen = rows.filter((row) => {
    if (starts === undefined) return true;
    const isChosen = starts.has(row[experimentColumn] ?? null);
    if (!isChosen || since === undefined || step === undefined) return isChosen;
    return microsOf(row, step.column) >= startOf(row);
  });
  const now = step === undefined ? 0 : microsOfParameter(parameters['now']);
  const stepped = step === undefined ? chosen : inSteps(chosen, { step, columns, startOf, now });
  return sum === undefined
    ? stepped.map((row) => pick(row, columns))
    : summed(stepped, sum.by, sum.column).map((row) => pick(row, columns));
}

/** In the order of a query. */
export function orderRows(rows: readonly MemoryRow[], order: readonly OrderTerm[]): MemoryRow[] {
  return rows.toSorted((a, b) => {
    for (const { column, isDescending } of order) {
      const difference = compareCells(a[column] ?? null, b[column] ?? null);
      if (difference !== 0) return isDescending ? -difference : difference;
    }
    return 0;
  });
}

/** Texts by code point, NULL below all. */
function compareCells(a: MemoryCell, b: MemoryCell): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

function startsOf(
  experiments: TableSelection['experiments'],
  parameters: QueryParameters,
): ReadonlyMap<MemoryCell, number> | undefined {
  if (experiments === 'none') return undefined;
  const { experiment, since } = parameters;
  if (experiments === 'one') {
    return new Map([
      [experiment !== undefined && 'value' in experiment ? experiment.value : null, microsOfParameter(since)],
    ]);
  }
  const slugs = arrayOf(parameters['experiments']);
  const starts = arrayOf(parameters[STARTS_PARAMETER]);
  return new Map(slugs.map((slug, index) => [slug, parseTimestamp(starts[index] ?? '') ?? Number.NaN]));
}

function arrayOf(parameter: QueryParameter | undefined): ArrayParameter['values'] {
  return parameter !== undefined && 'values' in parameter ? parameter.values : [];
}

function microsOfParameter(parameter: QueryParameter | undefined): number {
  const text = parameter !== undefined && 'value' in parameter ? parameter.value : '';
  return parseTimestamp(text) ?? Number.NaN;
}

function microsOf(row: MemoryRow, column: string): number {
  const cell = row[column];
  return typeof cell === 'bigint' ? Number(cell) : Number.NaN;
}

interface Steps {
  readonly step: TimeStep;
  readonly columns: readonly string[];
  readonly startOf: (row: MemoryRow) => number;
  readonly now: number;
}

function inSteps(rows: readonly MemoryRow[], { step, columns, startOf, now }: Steps): MemoryRow[] {
  const { column, fineMs, coarseMs, afterDays, take, per } = step;
  const cut = (row: MemoryRow): MemoryRow => {
    const length = now > startOf(row) + afterDays * MICROS_PER_DAY ? coarseMs : fineMs;
    const micros = microsOf(row, column);
    return { ...row, [column]: Number.isNaN(micros) ? null : BigInt(floorTo(micros, length * MICROS_PER_MS)) };
  };
  if (take === 'sum') return rows.map(cut);
  const values = columns.filter((name) => name !== column && !per.includes(name));
  const newestFirst = orderRows(
    rows,
    [column, ...values].map((name) => ({ column: name, isDescending: true })),
  );
  const last = new Map<string, MemoryRow>();
  for (const row of newestFirst.map(cut)) {
    const key = keyOf(row, [...per, column]);
    if (!last.has(key)) last.set(key, row);
  }
  return [...last.values()];
}

/** Adds up integers and doubles; NULLs count for nothing, and give NULL if there is nothing else. */
function summed(rows: readonly MemoryRow[], by: readonly string[], column: string): MemoryRow[] {
  const groups = new Map<string, MemoryRow>();
  for (const row of rows) {
    const key = keyOf(row, by);
    const known = groups.get(key);
    groups.set(key, { ...(known ?? row), [column]: plus(known?.[column] ?? null, row[column] ?? null) });
  }
  return [...groups.values()];
}

function plus(a: MemoryCell, b: MemoryCell): MemoryCell {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a + b;
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  return a ?? b;
}

function keyOf(row: MemoryRow, columns: readonly string[]): string {
  return JSON.stringify(columns.map((column) => String(row[column] ?? null) + typeof (row[column] ?? null)));
}

function pick(row: MemoryRow, columns: readonly string[]): MemoryRow {
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
}
