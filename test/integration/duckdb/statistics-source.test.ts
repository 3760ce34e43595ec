import { describe, expect, it } from 'vitest';
import { DuckDbStatisticsSource } from '../../../src/adapters/duckdb/statistics-source.ts';
import type { Column, ColumnType } from '../../../src/domain/column-type.ts';
import type { CellValue, Row } from '../../support/column-batches.ts';
import { temporaryDuckDb } from '../../support/duckdb.ts';
import { DATASET, putTable, runSql } from '../../support/duckdb-tables.ts';
import { encodedRows } from '../../support/read-table.ts';

const never = new AbortController().signal;
const INT64: ColumnType = { kind: 'int64' };

function setup() {
  const file = temporaryDuckDb();
  const source = new DuckDbStatisticsSource({ file, dataset: DATASET });
  const open = async (table: string) => {
    const opened = await source.open({ table, signal: never });
    if (opened === undefined) throw new Error(`no table ${table}`);
    return opened;
  };
  const rowsOf = async (table: string) => {
    const opened = await open(table);
    const rows = await encodedRows(opened);
    await opened.close();
    return rows;
  };
  return {
    file,
    source,
    open,
    rowsOf,
    sql: (...statements: string[]) => runSql(file, ...statements),
    versionOf: async (table: string): Promise<string | undefined> => {
      return (await source.describeTables([table], never)).tables[0]?.version;
    },
    /** Column `v` of the rows in the order of `id`. */
    valuesOf: async (type: ColumnType, values: readonly CellValue[]): Promise<unknown[]> => {
      const columns: Column[] = [
        { name: 'id', type: INT64 },
        { name: 'v', type },
      ];
      const rows = values.map((value, id): Row => [id, value]);
      await putTable(file, 'vs', { columns, rows });
      return (await rowsOf('vs')).map((row) => row['v']);
    },
  };
}

describe('types of DuckDB', () => {
  it.each([
    ['TIMESTAMPTZ', `TIMESTAMPTZ '2026-01-13 04:30:00.5+02'`, 'timestamp', '2026-01-13 02:30:00.5 UTC'],
    ['TIMESTAMP', `TIMESTAMP '2026-01-13 04:30:00.5'`, 'datetime', '2026-01-13T04:30:00.500000'],
    ['DATE', `DATE '2026-01-13'`, 'date', '2026-01-13'],
    ['TIME', `TIME '04:30:00.000001'`, 'time', '04:30:00.000001'],
    ['TINYINT', '(-128)::TINYINT', 'int64', '-128'],
    ['SMALLINT', '(-32768)::SMALLINT', 'int64', '-32768'],
    ['INTEGER', '(-2147483648)::INTEGER', 'int64', '-2147483648'],
    ['BIGINT', '(-9223372036854775808)::BIGINT', 'int64', '-9223372036854775808'],
    ['DECIMAL(4,1)', '-12.5::DECIMAL(4,1)', 'numeric', '-12.5'],
    ['DECIMAL(9,2)', '1234567.89::DECIMAL(9,2)', 'numeric', '1234567.89'],
    ['DECIMAL(18,0)', '-999999999999999999::DECIMAL(18,0)', 'numeric', '-999999999999999999'],
    [
      'DECIMAL(38,38)',
      '-0.00000000000000000000000000000000000001::DECIMAL(38,38)',
      'numeric',
      '-0.00000000000000000000000000000000000001',
    ],
    ['BOOLEAN', 'true', 'bool', true],
    ['BLOB', `'\\x00\\xFF'::BLOB`, 'bytes', 'AP8='],
    ['JSON', `'{"a": [1]}'::JSON`, 'json', { a: [1] }],
    ['VARCHAR[2]', `['a', 'b']::VARCHAR[2]`, 'array', ['a', 'b']],
    ['INTEGER[][]', '[[1], NULL, [2, NULL]]', 'array', [['1'], [], ['2', null]]],
    ['STRUCT', `{'a': 1, 'b': {'c': NULL::VARCHAR}}`, 'struct', { a: '1', b: { c: null } }],
  ])('%s is read', async (_, expression, kind, written) => {
    const { sql, open, rowsOf } = setup();
    await sql(`CREATE TABLE ${DATASET}.x AS SELECT ${expression} AS v`);

    const opened = await open('x');
    await opened.close();

    expect(opened.columns.map((column) => [column.name, column.type.kind])).toEqual([['v', kind]]);
    expect(await rowsOf('x')).toEqual([{ v: written }]);
  });

  it.each([
    ['HUGEINT', '1::HUGEINT'],
    ['UHUGEINT', '1::UHUGEINT'],
    ['UBIGINT', '1::UBIGINT'],
    ['UINTEGER', '1::UINTEGER'],
    ['FLOAT', '1::FLOAT'],
    ['UUID', 'uuid()'],
    ['ENUM', `'a'::ENUM('a', 'b')`],
    ['INTERVAL', `INTERVAL '1 day'`],
    ['MAP', `MAP {'a': 1}`],
    ['UNION', `union_value(a := 1)`],
    ['BIT', `'101'::BIT`],
    ['TIME WITH TIME ZONE', `TIMETZ '04:30:00+01'`],
    ['TIMESTAMP_NS', `'2026-01-13'::TIMESTAMP_NS`],
    ['UUID', '[uuid()]'],
    ['HUGEINT', `{'a': [1::HUGEINT]}`],
  ])('%s is refused, naming column and type: %s', async (type, expression) => {
    const { sql, source, open, file } = setup();
    await sql(`CREATE TABLE ${DATASET}.x AS SELECT 1 AS fine, ${expression} AS "odd one"`);

    await expect(open('x')).rejects.toMatchObject({
      code: 'COLUMN_TYPE_UNSUPPORTED',
      message: expect.stringMatching(new RegExp(`^Column "odd one" has the type .*${type}`)),
      subject: 'odd one',
    });

    // Nothing is left open that would keep the file from a writer.
    await file.use('write', (connection) => connection.run(`DROP TABLE ${DATASET}.x`));
    expect(await source.listTables(never)).toEqual([]);
  });
});

describe('values of a DuckDB table', () => {
  it('are texts of every length, inline or behind a pointer', async () => {
    const texts = [...Array(40).keys(), 100, 5_000, 70_000].map((length) => 'aé😀'.repeat(length).slice(0, length));
    const whole = texts.map((text) => text.toWellFormed());
    const { valuesOf } = setup();

    expect(await valuesOf({ kind: 'string' }, [...whole, null, ...whole])).toEqual([...whole, null, ...whole]);
  });

  it('keep U+0000 in texts', async () => {
    const { sql, rowsOf } = setup();
    await sql(`CREATE TABLE ${DATASET}.x AS SELECT 'a' || chr(0) || 'b' AS v`);

    expect(await rowsOf('x')).toEqual([{ v: 'a\0b' }]);
  });

  it('are NULL where they are, among many', async () => {
    const values = Array.from({ length: 5_000 }, (_, row) =>
      row % 7 === 0 || row % 64 === 5 ? null : `text number ${row}`,
    );
    const { valuesOf } = setup();

    expect(await valuesOf({ kind: 'string' }, values)).toEqual(values);
    expect(
      await valuesOf(
        INT64,
        values.map((value, row) => (value === null ? null : row)),
      ),
    ).toEqual(values.map((value, row) => (value === null ? null : String(row))));
  });

  it('are NULL in all rows of a column', async () => {
    const { valuesOf } = setup();

    expect(new Set(await valuesOf({ kind: 'string' }, Array(3_000).fill(null)))).toEqual(new Set([null]));
  });

  it('are lists of any length, over the borders of chunks', async () => {
    const lists = Array.from({ length: 4_500 }, (_, row) =>
      row % 11 === 0 ? [] : Array.from({ length: row % 5 }, (_, at) => (at === 3 ? null : `element ${row} ${at}`)),
    );
    const { valuesOf } = setup();

    expect(await valuesOf({ kind: 'array', element: { kind: 'string' } }, lists)).toEqual(lists);
  });

  it('are structs in lists in structs, with NULL at every depth', async () => {
    const inner: ColumnType = {
      kind: 'struct',
      fields: [
        { name: 'n', type: INT64 },
        { name: 't', type: { kind: 'array', element: { kind: 'string' } } },
      ],
    };
    const outer: ColumnType = { kind: 'struct', fields: [{ name: 'list', type: { kind: 'array', element: inner } }] };
    const values = [
      { list: [{ n: 1, t: ['a longer text than twelve bytes', null] }, null, { n: null, t: null }] },
      null,
      { list: null },
      { list: [] },
    ];
    const { valuesOf } = setup();

    expect(await valuesOf(outer, values)).toEqual([
      { list: [{ n: '1', t: ['a longer text than twelve bytes', null] }, null, { n: null, t: [] }] },
      null,
      { list: [] },
      { list: [] },
    ]);
  });

  it('come whole out of several row groups', async () => {
    const { sql, open } = setup();
    await sql(
      `CREATE TABLE ${DATASET}.x AS SELECT range AS id, 'a text that is long: ' || range AS v FROM range(300000) ORDER BY hash(range)`,
    );
    const opened = await open('x');

    let at = 0;
    let wrong = 0;
    for await (const { rowCount, columns } of opened.batches(never)) {
      const [ids, texts] = columns;
      if (ids?.layout !== 'integer' || texts?.layout !== 'binary') throw new Error('other layouts');
      for (let row = 0; row < rowCount; row++, at++) {
        const text = Buffer.from(texts.bytes.subarray(texts.offsets[row], texts.offsets[row + 1])).toString();
        if (ids.words[2 * row] !== at || text !== `a text that is long: ${at}`) wrong += 1;
      }
    }
    await opened.close();

    expect([at, opened.rowCount, wrong]).toEqual([300_000, 300_000, 0]);
  });
});

describe('the version of a DuckDB table', () => {
  it('is that of its content, not of its rows’ order nor of the time it was made', async () => {
    const { sql, versionOf } = setup();
    await sql(`CREATE TABLE ${DATASET}.x AS SELECT range AS a FROM range(10)`);
    const first = await versionOf('x');

    await sql(`CREATE OR REPLACE TABLE ${DATASET}.x AS SELECT 9 - range AS a FROM range(10)`);

    expect(await versionOf('x')).toBe(first);
    expect(first).toMatch(/^f[0-9a-f]{16}$/);
  });

  it.each([
    ['a value', `UPDATE ${DATASET}.x SET b = 'z' WHERE a = 1`],
    ['a value to NULL', `UPDATE ${DATASET}.x SET b = NULL WHERE a = 1`],
    ['a row more', `INSERT INTO ${DATASET}.x VALUES (1, 'x')`],
    ['a row less', `DELETE FROM ${DATASET}.x WHERE a = 2`],
    ['the name of a column', `ALTER TABLE ${DATASET}.x RENAME a TO c`],
    ['the type of a column', `ALTER TABLE ${DATASET}.x ALTER a TYPE BIGINT`],
    ['a column more', `ALTER TABLE ${DATASET}.x ADD COLUMN c INTEGER`],
    ['two values that change places', `UPDATE ${DATASET}.x SET b = CASE a WHEN 1 THEN 'y' ELSE 'x' END`],
  ])('changes with %s', async (_, statement) => {
    const { sql, versionOf } = setup();
    await sql(`CREATE TABLE ${DATASET}.x AS SELECT * FROM (VALUES (1, 'x'), (2, 'y')) AS v(a, b)`);
    const first = await versionOf('x');

    await sql(statement);

    expect(await versionOf('x')).not.toBe(first);
  });

  it('of a view changes with the tables that it reads', async () => {
    const { sql, versionOf } = setup();
    await sql(`CREATE TABLE ${DATASET}.x AS SELECT 1 AS a`, `CREATE VIEW ${DATASET}.v AS SELECT * FROM ${DATASET}.x`);
    const first = await versionOf('v');

    await sql(`INSERT INTO ${DATASET}.x VALUES (2)`);

    expect(await versionOf('v')).not.toBe(first);
  });
});

describe('a view of DuckDB that fails while it is read', () => {
  it('fails with the view in the message, and lets go of the file', async () => {
    const { sql, open, file } = setup();
    await sql(
      `CREATE TABLE ${DATASET}.x AS SELECT '1' AS a`,
      `CREATE VIEW ${DATASET}.v AS SELECT a::INTEGER AS a FROM ${DATASET}.x`,
      `INSERT INTO ${DATASET}.x VALUES ('no number')`,
    );

    await expect(open('v')).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      failureClass: 'content',
      message: expect.stringMatching(/^Reading .*\.mozanalysis\.v failed: Conversion Error: .*no number.*$/),
    });

    await file.use('write', (connection) => connection.run(`DELETE FROM ${DATASET}.x`));
  });
});
