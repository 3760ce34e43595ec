import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DuckDbFile } from '../../../src/adapters/duckdb/database.ts';
import { DuckDbQuerySource } from '../../../src/adapters/duckdb/query-source.ts';
import type { MemoryRow } from '../../../src/adapters/memory/query-rows.ts';
import { MemoryQuerySource } from '../../../src/adapters/memory/query-source.ts';
import { VirtualClock } from '../../../src/adapters/memory/virtual-clock.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import type { TableSelection } from '../../../src/domain/query-export/selection.ts';
import { queryRows, temporaryDuckDb, temporaryFolder } from '../../support/duckdb.ts';
import { runSql } from '../../support/duckdb-tables.ts';
import {
  COLUMN_NAMES,
  fromSql,
  fromTable,
  LIVE_COLUMNS,
  orderOf,
  PER,
  requestOf,
  rowsOf,
  STEP,
} from '../../support/query-source-world.ts';

const DAY_MS = 86_400_000;
const TABLE = 'CREATE TABLE live.t (experiment VARCHAR, branch VARCHAR, value BIGINT, time TIMESTAMPTZ)';

async function setup(...statements: readonly string[]) {
  const file = temporaryDuckDb();
  await runSql(file, 'CREATE SCHEMA live', TABLE, ...statements);
  return { file, source: new DuckDbQuerySource({ file, clock: systemClock }) };
}

describe('configured queries on DuckDB', () => {
  it.each([
    'DELETE FROM live.t',
    'INSERT INTO live.t VALUES (NULL, NULL, 1, NULL) RETURNING *',
    'CREATE TABLE live.u AS SELECT 1',
    'CREATE TEMP TABLE u AS SELECT 1',
    'DROP TABLE live.t',
    "COPY live.t TO '@folder/t.csv'",
    "COPY (SELECT 1) TO '@folder/t.csv'",
    "ATTACH '@folder/other.duckdb'",
    "EXPORT DATABASE '@folder'",
    "IMPORT DATABASE '@folder'",
    'PRAGMA force_checkpoint',
    'CALL pragma_version()',
    'EXPLAIN ANALYZE DELETE FROM live.t',
    'SET threads = 1',
    'BEGIN',
    'COMMIT',
    'USE live',
    'LOAD httpfs',
    'INSTALL httpfs',
    'VACUUM',
    'PREPARE p AS SELECT 1',
    'MERGE INTO live.t USING live.t AS u ON false WHEN NOT MATCHED THEN INSERT VALUES (NULL, NULL, 1, NULL)',
    'PIVOT live.t ON branch USING sum(value)',
    'SELECT 1; DROP TABLE live.t',
    "SELECT ';'; DROP TABLE live.t",
    'SELECT 1 -- ;\n; DROP TABLE live.t',
    'SELECT 1 /* /* */ */; DROP TABLE live.t',
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT nextval('live.numbers') AS n",
  ])('are refused if they do more than read: %s', async (text) => {
    const { file, source } = await setup(
      "INSERT INTO live.t VALUES ('x', 'y', 1, NULL)",
      'CREATE SEQUENCE live.numbers',
    );
    const folder = temporaryFolder();

    const running = rowsOf(source, { query: fromSql(text.replaceAll('@folder', folder)) });

    await expect(running).rejects.toMatchObject({ code: 'QUERY_REFUSED', message: expect.stringContaining('live') });
    expect(await queryRows(file, 'SELECT value FROM live.t')).toEqual([{ value: '1' }]);
    expect(existsSync(join(folder, 't.csv'))).toBe(false);
  });

  it.each([
    'WITH gone AS (DELETE FROM live.t RETURNING *) SELECT * FROM gone',
    'SELECT * INTO live.u FROM live.t',
    "SELECT * FROM query('DELETE FROM live.t')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT getenv('HOME') AS home",
    'SELECT 1 AS n) AS x; DROP TABLE live.t; SELECT * FROM (SELECT 1 AS n',
    'SELECT 1 AS n) AS x UNION ALL (SELECT 2 AS n',
    'SELECT 1 AS n WHERE ? = 1',
    'SELECT @nobody AS n',
    "SELECT 'open",
  ])('fail if DuckDB does not know them: %s', async (text) => {
    const { file, source } = await setup();

    const running = rowsOf(source, { query: fromSql(text, 'n') });

    await expect(running).rejects.toMatchObject({ code: expect.stringMatching(/^QUERY_(?:FAILED|REFUSED)$/) });
    expect(await queryRows(file, 'SELECT count(*) AS n FROM live.t')).toEqual([{ n: '0' }]);
  });

  it('cannot write, even if this process holds the file to write', async () => {
    const path = join(temporaryFolder(), 'kept.duckdb');
    const options = { memoryLimit: '256MB', threads: 2, waitMs: 5_000, createIfMissing: true, clock: systemClock };
    const file = new DuckDbFile({ path, ...options, keepOpen: true });
    await runSql(file, 'CREATE SCHEMA live', 'CREATE SEQUENCE live.numbers');

    const running = rowsOf(new DuckDbQuerySource({ file, clock: systemClock }), {
      query: fromSql("SELECT nextval('live.numbers') AS n"),
    });

    await expect(running).rejects.toMatchObject({ code: 'QUERY_REFUSED' });
    file.close();
  });

  it('have sums of integers as INT64, and fail where they do not fit', async () => {
    const { source } = await setup("INSERT INTO live.t VALUES ('x', 'y', 9223372036854775807, NULL)");
    const largest = fromSql('SELECT sum(value) AS total FROM live.t', 'total');
    const larger = fromSql('SELECT sum(value) + 1 AS total FROM live.t', 'total');

    expect(await rowsOf(source, { query: largest })).toEqual([{ total: '9223372036854775807' }]);
    await expect(rowsOf(source, { query: larger })).rejects.toMatchObject({ code: 'QUERY_FAILED' });
  });

  it('fail for two columns of one name, and for types that a file cannot hold', async () => {
    const { source } = await setup();

    const twice = requestOf({ query: fromSql('SELECT 1 AS a, 2 AS A') });
    const odd = requestOf({ query: fromSql('SELECT uuid() AS odd') });

    await expect(source.check(twice)).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      message: expect.stringContaining('two columns'),
    });
    await expect(source.check(odd)).rejects.toMatchObject({ code: 'COLUMN_TYPE_UNSUPPORTED' });
  });

  it('cut times without a zone as UTC, whatever the zone of the machine', async () => {
    const { source } = await setup(
      'DROP TABLE live.t',
      'CREATE TABLE live.t (experiment VARCHAR, branch VARCHAR, value BIGINT, time TIMESTAMP)',
      "INSERT INTO live.t VALUES ('x', 'y', 1, '2026-01-13 04:34:59'), ('x', 'y', 2, '2026-01-12 23:59:59')",
    );
    const step = { ...STEP, take: 'last' as const, per: PER };
    const from = fromTable({ experiments: 'many', since: 'start', step });

    const rows = await rowsOf(source, {
      query: { from, order: orderOf('time') },
      experiments: [{ slug: 'x', startedAt: Date.parse('2026-01-13') }],
    });

    expect(rows).toEqual([{ experiment: 'x', branch: 'y', value: '1', time: '2026-01-13 04:30:00 UTC' }]);
  });

  it('end when their time is over', async () => {
    const { file } = await setup("INSERT INTO live.t VALUES ('x', 'y', 1, NULL)");
    const clock = new VirtualClock(0);
    const source = new DuckDbQuerySource({ file, clock });
    const open = await source.open(
      requestOf({ query: fromSql('SELECT value FROM live.t', 'value'), changes: { timeoutMs: 1_000 } }),
    );

    await clock.advance(1_000);
    const reading = open.batches(new AbortController().signal)[Symbol.asyncIterator]().next();

    await expect(reading).rejects.toMatchObject({
      code: 'QUERY_LIMIT',
      message: expect.stringContaining('limit of 1 s'),
    });
    await open.close();
  });

  it('are interrupted whether DuckDB has begun with them or not', async () => {
    const { source } = await setup();
    const sql = 'SELECT count(*) AS n FROM range(1000000) AS a, range(1000000) AS b WHERE a.range % 7 = b.range % 11';

    for (const turns of [0, 1, 5, 50]) {
      const stop = new AbortController();
      const open = await source.open(requestOf({ query: fromSql(sql) }));
      const reading = open.batches(stop.signal)[Symbol.asyncIterator]().next();
      const outcome = reading.then(
        () => 'read',
        (error: unknown) => error,
      );
      for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
      stop.abort(new Error('stop'));

      expect(await outcome).toMatchObject({ message: 'stop' });
      await open.close();
    }
  });
});

describe('the SQL of tables', () => {
  const micros = fc
    .integer({ min: 0, max: 40 * 24 * 60 })
    .map((minutes) => BigInt(Date.parse('2026-01-01') + minutes * 60_000) * 1000n);
  const row: fc.Arbitrary<MemoryRow> = fc.record({
    experiment: fc.constantFrom('a', 'b', 'c', null),
    branch: fc.constantFrom('control', 'treatment', null),
    value: fc.option(fc.bigInt({ min: -5n, max: 50n }), { freq: 5 }),
    time: fc.option(micros, { freq: 10 }),
  });
  const selection: fc.Arbitrary<TableSelection> = fc
    .record({
      experiments: fc.constantFrom('many', 'one'),
      since: fc.constantFrom('start', undefined),
      take: fc.constantFrom('last', 'sum'),
      isTotal: fc.boolean(),
      isSummed: fc.boolean(),
    })
    .map(({ experiments, since, take, isTotal, isSummed }) =>
      fromTable({
        experiments,
        columns: isTotal ? ['experiment', 'time', 'value'] : COLUMN_NAMES,
        step: { ...STEP, take, per: PER },
        ...(since === undefined ? {} : { since }),
        ...(isSummed || isTotal || take === 'sum'
          ? { sum: { column: 'value', by: isTotal ? ['experiment', 'time'] : ['experiment', 'branch', 'time'] } }
          : {}),
      }),
    );
  const experiments = fc.tuple(fc.integer({ min: -20, max: 30 }), fc.integer({ min: 0, max: 30 })).map(([a, b]) => [
    { slug: 'a', startedAt: Date.parse('2026-01-01') + a * DAY_MS },
    { slug: 'b', startedAt: Date.parse('2026-01-01') + b * DAY_MS },
  ]);

  it('gives what a plain computation gives, for any rows', async () => {
    const { file, source } = await setup();
    const memory = new MemoryQuerySource({ clock: systemClock });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 40 }), selection, experiments, async (rows, from, chosen) => {
        memory.setTable('live.t', { columns: LIVE_COLUMNS, rows });
        await runSql(file, 'DELETE FROM live.t', ...rows.map(insertOf));
        const asked = {
          query: { from, order: orderOf('experiment', 'time desc', ...from.columns) },
          experiments: chosen,
          ...(from.experiments === 'one' ? { experiment: chosen[0]! } : {}),
        };

        expect(await rowsOf(source, asked)).toEqual(await rowsOf(memory, asked));
      }),
      { numRuns: 40 },
    );
  });
});

function insertOf({ experiment, branch, value, time }: MemoryRow): string {
  const text = (cell: MemoryRow[string] = null): string => (cell === null ? 'NULL' : `'${String(cell)}'`);
  const instant = time === null ? 'NULL' : `make_timestamptz(${String(time)})`;
  return `INSERT INTO live.t VALUES (${text(experiment)}, ${text(branch)}, ${value === null ? 'NULL' : String(value)}, ${instant})`;
}
