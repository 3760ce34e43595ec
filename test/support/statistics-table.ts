/** Statistics rows as the console takes them, and tables of them. */
import type { MemoryTable } from '../../src/adapters/memory/statistics-source.ts';
import type { Column, ColumnType } from '../../src/domain/column-type.ts';
import { type CellValue, columnBatch } from './column-batches.ts';

export const STRING: ColumnType = { kind: 'string' };
export const FLOAT64: ColumnType = { kind: 'float64' };
export const INT64: ColumnType = { kind: 'int64' };
export const NUMERIC: ColumnType = { kind: 'numeric', scale: 9, words: 4 };

/** The columns of a period's view, in order (spec: statistics, section 2). */
export const STATISTICS_COLUMNS: readonly Column[] = [
  { name: 'metric', type: STRING },
  { name: 'statistic', type: STRING },
  { name: 'parameter', type: NUMERIC },
  { name: 'branch', type: STRING },
  { name: 'comparison', type: STRING },
  { name: 'comparison_to_branch', type: STRING },
  { name: 'ci_width', type: FLOAT64 },
  { name: 'point', type: FLOAT64 },
  { name: 'lower', type: FLOAT64 },
  { name: 'upper', type: FLOAT64 },
  { name: 'segment', type: STRING },
  { name: 'analysis_basis', type: STRING },
  { name: 'window_index', type: INT64 },
];

export type StatisticsRow = Readonly<Record<string, CellValue>>;

/** A row that breaks no rule, with these changes. */
export function statisticsRow(changes: StatisticsRow = {}): StatisticsRow {
  return {
    metric: 'active_hours',
    statistic: 'mean',
    parameter: null,
    branch: 'control',
    comparison: null,
    comparison_to_branch: null,
    ci_width: 0.95,
    point: 1.5,
    lower: 1,
    upper: 2,
    segment: 'all',
    analysis_basis: 'enrollments',
    window_index: 1,
    ...changes,
  };
}

/** That many rows in the order of a file; their metrics tell them apart. */
export function numberedRows(count: number, changes: StatisticsRow = {}): StatisticsRow[] {
  return Array.from({ length: count }, (_, index) =>
    statisticsRow({ metric: `metric_${String(index).padStart(6, '0')}`, ...changes }),
  );
}

/** The columns without some of them. */
export function columnsWithout(...names: readonly string[]): Column[] {
  return STATISTICS_COLUMNS.filter((column) => !names.includes(column.name));
}

/** The columns with the types of some changed; a new name adds a column. */
export function columnsWith(types: Readonly<Record<string, ColumnType>>): Column[] {
  const known = STATISTICS_COLUMNS.map(({ name, type }) => ({ name, type: types[name] ?? type }));
  const added = Object.entries(types).filter(([name]) => !STATISTICS_COLUMNS.some((column) => column.name === name));
  return [...known, ...added.map(([name, type]) => ({ name, type }))];
}

export interface MemoryTableOptions {
  readonly columns?: readonly Column[];
  /** Milliseconds since 1970. */
  readonly changedAt?: number;
  readonly rowsPerBatch?: number;
  readonly promisedRows?: number;
}

/** A table in memory that holds these rows in this order. */
export function memoryTable(rows: readonly StatisticsRow[], options: MemoryTableOptions = {}): MemoryTable {
  const { columns = STATISTICS_COLUMNS, changedAt = Date.parse('2026-01-15T00:00:00Z'), rowsPerBatch = 1000 } = options;
  const batches = Array.from({ length: Math.ceil(rows.length / rowsPerBatch) }, (_, index) =>
    columnBatch(columns, rows.slice(index * rowsPerBatch, (index + 1) * rowsPerBatch)),
  );
  return {
    columns,
    batches,
    changedAt,
    ...(options.promisedRows === undefined ? {} : { promisedRows: options.promisedRows }),
  };
}
