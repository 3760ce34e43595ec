/** Loads statistics tables and their views into a DuckDB file, as the analysis would; for the demo and the tests. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { DuckDbFile } from './database.ts';
import { fromJsonLines, jsonLines } from './json-lines.ts';
import { identifier, qualified } from './sql.ts';

/** A view over per-window tables; the number in a table's name is its `window_index`. */
export interface StatisticsView {
  readonly view: string;
  readonly tables: readonly StatisticsTableFile[];
}

export interface StatisticsTableFile {
  /** `statistics_my_slug_week_2` */
  readonly table: string;
  /** Path of its rows as NDJSON, gzip or not. Absent keys are NULL; NUMERIC and NaN are texts. */
  readonly path: string;
}

/** The columns of a per-window table, in order (spec: statistics, section 2). */
const WINDOW_TABLE_COLUMNS = [
  ['metric', 'VARCHAR'],
  ['statistic', 'VARCHAR'],
  ['parameter', 'DECIMAL(38,9)'],
  ['branch', 'VARCHAR'],
  ['comparison', 'VARCHAR'],
  ['comparison_to_branch', 'VARCHAR'],
  ['ci_width', 'DOUBLE'],
  ['point', 'DOUBLE'],
  ['lower', 'DOUBLE'],
  ['upper', 'DOUBLE'],
  ['segment', 'VARCHAR'],
  ['analysis_basis', 'VARCHAR'],
] as const;

/** Creates or replaces all tables and views, in one transaction. */
export async function loadStatistics(
  file: DuckDbFile,
  dataset: string,
  views: readonly StatisticsView[],
): Promise<void> {
  await file.use('write', async (connection) => {
    await connection.run(`CREATE SCHEMA IF NOT EXISTS ${identifier(dataset)}`);
    await connection.run('BEGIN TRANSACTION');
    for (const view of views) {
      for (const table of view.tables) await loadTable(connection, dataset, table);
      await createView(connection, dataset, view);
    }
    await connection.run('COMMIT');
  });
}

/** Runs statements that change tables, for the demo. */
export async function runStatements(file: DuckDbFile, statements: readonly string[]): Promise<void> {
  await file.use('write', async (connection) => {
    for (const statement of statements) await connection.run(statement);
  });
}

async function loadTable(
  connection: DuckDBConnection,
  dataset: string,
  { table, path }: StatisticsTableFile,
): Promise<void> {
  const columns = WINDOW_TABLE_COLUMNS.map(([name]) => identifier(name)).join(', ');
  await connection.run(
    `CREATE OR REPLACE TABLE ${qualified(dataset, table)} AS
     SELECT ${columns} FROM ${fromJsonLines(WINDOW_TABLE_COLUMNS)}`,
    [await jsonLines(path)],
  );
}

async function createView(
  connection: DuckDBConnection,
  dataset: string,
  { view, tables }: StatisticsView,
): Promise<void> {
  const parts = tables.map(({ table }) => {
    const window = /\d+$/.exec(table)?.[0] ?? '1';
    return `SELECT *, ${window}::BIGINT AS window_index FROM ${qualified(dataset, table)}`;
  });
  await connection.run(`CREATE OR REPLACE VIEW ${qualified(dataset, view)} AS ${parts.join(' UNION ALL ')}`);
}
