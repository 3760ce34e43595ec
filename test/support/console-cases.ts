/** The cases of `test/fixtures/console`: what the Experimenter console takes, and what is to be published (its README). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ANALYSIS_PERIODS, type AnalysisPeriod } from '../../src/domain/analysis-period.ts';
import type { Column, ColumnType } from '../../src/domain/column-type.ts';
import { FLOAT64, INT64, NUMERIC, STRING } from './statistics-table.ts';

const TYPES: Readonly<Record<string, ColumnType>> = { STRING, FLOAT64, INT64, NUMERIC, BOOL: { kind: 'bool' } };

const Cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const Columns = z.array(z.tuple([z.string(), z.string()]));
const Period = z.enum(ANALYSIS_PERIODS);
const Table = z.object({ columns: Columns.optional(), rows: z.array(z.array(Cell)) });
const LeftOut = z.record(z.string(), z.string());

const Base = z.object({
  columns: Columns,
  experiment: z.record(z.string(), z.unknown()),
  periods: z.record(z.string(), z.array(z.array(Cell))),
});

const Case = z.object({
  name: z.string(),
  slug: z.string(),
  experiment: z.record(z.string(), z.unknown()).default({}),
  periods: z.partialRecord(Period, Table.nullable()).default({}),
  run: z.array(Period).optional(),
  expected: z
    .partialRecord(
      Period,
      z.object({
        outcome: z.enum(['published', 'failed']),
        code: z.string().optional(),
        left_out: z
          .object({ rejected: LeftOut.default({}), dropped: LeftOut.default({}), duplicates: LeftOut.default({}) })
          .default({ rejected: {}, dropped: {}, duplicates: {} }),
        nulls: z.array(z.tuple([z.number(), z.string()])).default([]),
        warnings: z.array(z.string()).default([]),
      }),
    )
    .default({}),
});

export type CaseCell = z.infer<typeof Cell>;

export interface ConsoleTable {
  readonly period: AnalysisPeriod;
  readonly columns: readonly Column[];
  /** In the order of the case, which is not that of a file. */
  readonly rows: readonly (readonly CaseCell[])[];
}

export interface ExpectedFile {
  readonly outcome: 'published' | 'failed';
  readonly code: string | undefined;
  readonly rejected: number;
  readonly dropped: number;
  readonly duplicates: number;
  readonly warnings: readonly string[];
  /** The rows of the file as JSON, sorted as texts; of rows that repeat each other any may stay. */
  readonly rows: readonly string[];
}

export interface ConsoleCase {
  readonly name: string;
  readonly slug: string;
  /** The record of the experiments API. */
  readonly record: Readonly<Record<string, unknown>>;
  readonly tables: readonly ConsoleTable[];
  /** Periods to export, in this order, into one bucket. */
  readonly run: readonly AnalysisPeriod[];
  readonly expected: ReadonlyMap<AnalysisPeriod, ExpectedFile>;
}

const OWN_CASES = fileURLToPath(new URL('../fixtures/console', import.meta.url));

/** The statistics cases of a folder of this layout; the project's own, or those of CONTRAIL_FIXTURES. */
export function consoleCases(folder: string = process.env['CONTRAIL_FIXTURES'] ?? OWN_CASES): ConsoleCase[] {
  const base = Base.parse(JSON.parse(readFileSync(join(folder, 'base.json'), 'utf8')));
  const names = readdirSync(join(folder, 'statistics')).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => readCase(join(folder, 'statistics', name), base));
}

function readCase(path: string, base: z.infer<typeof Base>): ConsoleCase {
  const read = Case.parse(JSON.parse(readFileSync(path, 'utf8')));
  const tables = ANALYSIS_PERIODS.flatMap((period): ConsoleTable[] => {
    const own = read.periods[period];
    const rows = own === undefined ? base.periods[period] : own?.rows;
    if (rows === undefined) return [];
    return [{ period, columns: (own?.columns ?? base.columns).map(columnOf), rows }];
  });
  const run = read.run ?? ANALYSIS_PERIODS.filter((period) => (read.periods[period] ?? null) !== null);
  const ran = run.length > 0 ? run : tables.map(({ period }) => period);
  return {
    name: read.name,
    slug: read.slug,
    record: { slug: read.slug, ...base.experiment, ...read.experiment },
    tables,
    run: ran,
    expected: new Map(
      tables.filter(({ period }) => ran.includes(period)).map((table) => [table.period, expectedOf(read, table)]),
    ),
  };
}

function columnOf([name, type]: readonly [string, string]): Column {
  const known = TYPES[type];
  if (known === undefined) throw new Error(`The case has a column of type ${type}.`);
  return { name, type: known };
}

function expectedOf({ expected }: z.infer<typeof Case>, { period, columns, rows }: ConsoleTable): ExpectedFile {
  const file = expected[period];
  const { rejected = {}, dropped = {}, duplicates = {} } = file?.left_out ?? {};
  const leftOut = new Set([rejected, dropped, duplicates].flatMap((rule) => Object.keys(rule).map(Number)));
  const nulls = new Set((file?.nulls ?? []).map(([row, column]) => `${row} ${column}`));
  const texts = rows.flatMap((cells, row) => {
    if (leftOut.has(row)) return [];
    const written = columns.map((column, index) => {
      const cell = nulls.has(`${row} ${column.name}`) ? null : (cells[index] ?? null);
      return `${JSON.stringify(column.name)}:${jsonOf(column.type, cell)}`;
    });
    return [`{${written.join(',')}}`];
  });
  return {
    outcome: file?.outcome ?? 'published',
    code: file?.code,
    rejected: Object.keys(rejected).length,
    dropped: Object.keys(dropped).length,
    duplicates: Object.keys(duplicates).length,
    warnings: [...(file?.warnings ?? [])].sort(),
    rows: texts.sort(),
  };
}

function jsonOf(type: ColumnType, cell: CaseCell): string {
  if (cell === null) return 'null';
  if (type.kind === 'int64' || type.kind === 'numeric') return JSON.stringify(String(cell));
  if (type.kind === 'float64') return JSON.stringify(Number(cell));
  return JSON.stringify(cell);
}
