import { DuckDBInstance } from '@duckdb/node-api';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CategorisedColumns, ERROR_CATEGORIES, errorCategory } from '../../../src/domain/error-category.ts';
import { errorCategorySql, errorsViewQuery } from '../../../src/domain/error-category-sql.ts';
import { monitoringFixture } from '../../support/monitoring-fixture.ts';

type GoldenRow = CategorisedColumns & { readonly error_category: string };

const golden = monitoringFixture<GoldenRow[]>('errors/categories.json');

const NEVER_SEEN: CategorisedColumns = {
  experiment: null,
  message: null,
  log_level: null,
  filename: null,
  func_name: null,
  exception_type: null,
};

describe('errorCategory', () => {
  it('gives every golden row its category', () => {
    const found = golden.map((row) => ({ ...row, error_category: errorCategory(row) }));

    expect(found).toEqual(golden);
  });

  it.each([
    ['a row of NULLs', {}, 'uncategorized'],
    ['an unknown level', { log_level: 'NOTICE' }, 'uncategorized'],
    ['text in another case', { log_level: 'ERROR', message: 'resources EXCEEDED' }, 'jetstream_failure'],
    ['"not found" before "Column name"', { log_level: 'INFO', message: 'not found: Column name x' }, 'informational'],
    ['"Column name" inside', { log_level: 'INFO', message: 'x Column name y not found' }, 'informational'],
    ['"not found" over a line break', { log_level: 'INFO', message: 'Column name y\nnot found' }, 'configuration'],
    ['an underscore is no wild card', { log_level: 'INFO', func_name: 'xexperiments-to-configs' }, 'informational'],
    ['an earlier rule wins', { log_level: 'WARNING', message: 'Operation timed out' }, 'resources'],
  ])('is decided by the first rule that matches: %s', (_, columns, category) => {
    expect(errorCategory({ ...NEVER_SEEN, ...columns })).toBe(category);
  });
});

describe('errorCategorySql', () => {
  it('makes DuckDB find the category that the function finds', async () => {
    const words = [
      'Resources exceeded',
      'Column name',
      ' not found',
      'not found inside m at',
      'Unrecognized name',
      "'",
    ];
    const text = fc.array(fc.constantFrom(...words, 'x', '\n', '_', '%', 'é'), { maxLength: 4 });
    const anyRow = fc.record({
      experiment: fc.option(fc.constant('my-slug')),
      message: fc.option(text.map((parts) => parts.join(''))),
      log_level: fc.option(fc.constantFrom('DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL', 'OTHER')),
      filename: fc.option(fc.constantFrom('metrics.py', 'statistics.py', 'cli.py', 'functions.py', 'other.py')),
      func_name: fc.option(fc.constantFrom('transform', '_experiments_to_configs', 'other')),
      exception_type: fc.option(
        fc.constantFrom('KilledWorker', 'StatisticComputationException', 'EndedException', 'X'),
      ),
    });
    const rows = [...golden, ...fc.sample(anyRow, 2_000)];

    const found = await categoriesByDuckDb(rows);

    expect(found).toEqual(rows.map(errorCategory));
    expect(new Set(found)).toEqual(new Set(ERROR_CATEGORIES));
  });

  it('reads the same in BigQuery: its own escapes, and no pattern that has wild cards', () => {
    const sql = errorsViewQuery('bigquery', '`my-project.monitoring.logs`');

    expect(sql).toMatch(/^SELECT\n {2}logs\.\*,\n/);
    expect(sql).toContain("WHEN logs.log_level IN ('ERROR', 'CRITICAL') THEN 'jetstream_failure'");
    expect(sql).toMatch(/AS error_category\nFROM `my-project\.monitoring\.logs` AS logs$/);
    expect(sql).not.toContain('LIKE');
    expect(errorCategorySql('bigquery')).toBe(errorCategorySql('duckdb'));
  });
});

async function categoriesByDuckDb(rows: readonly CategorisedColumns[]): Promise<string[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const columns = Object.keys(NEVER_SEEN).map((name) => `${name} VARCHAR`);
    await connection.run(`CREATE TABLE "logs of a run" (n INTEGER, ${columns.join(', ')})`);
    const numbered = rows.map((row, n) => ({ ...NEVER_SEEN, ...row, n }));
    const shape = Object.fromEntries(Object.keys(NEVER_SEEN).map((name) => [name, 'VARCHAR']));
    await connection.run(
      `INSERT INTO "logs of a run" BY NAME SELECT unnest(from_json($1::JSON, $2), recursive := true)`,
      [JSON.stringify(numbered), JSON.stringify([{ n: 'INTEGER', ...shape }])],
    );
    await connection.run(`CREATE VIEW errors_view AS ${errorsViewQuery('duckdb', '"logs of a run"')}`);
    const reader = await connection.runAndReadAll('SELECT error_category FROM errors_view ORDER BY n');
    return reader.getRowsJson().map(([category]) => JSON.parse(JSON.stringify(category)) as string);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
