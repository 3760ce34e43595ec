import { describe, expect, it } from 'vitest';
import { DuckDbRecordSink } from '../../../src/adapters/duckdb/record-sink.ts';
import { toLogRecord } from '../../../src/domain/log-record.ts';
import { queryRows, temporaryDuckDb } from '../../support/duckdb.ts';
import { runSql } from '../../support/duckdb-tables.ts';

const never = new AbortController().signal;
const NOW = Date.parse('2026-01-15T12:00:00Z');

function setup() {
  const file = temporaryDuckDb();
  const sink = new DuckDbRecordSink({ file, dataset: 'monitoring' });
  const append = (message: string, id = message) => {
    const event = { message, level: 'ERROR', at: { file: 'a.ts', function: 'b' } } as const;
    return sink.append({ id, table: 'logs', rows: [{ ...toLogRecord(event, NOW) }] }, never);
  };
  return { file, sink, append };
}

describe('log rows in DuckDB', () => {
  it.each([
    ['U+0000', 'a\0b', 'a\0b'],
    ['a lone surrogate', 'a\ud800b', 'a\ufffdb'],
    ['a very long text', 'é'.repeat(200_000), expect.stringMatching(/^é{32000} … \[cut, 400000 bytes in all\]$/)],
  ])('are written with %s in the message', async (_, message, written) => {
    const { file, append } = setup();

    expect(await append(message, 'id')).toBe('written');

    expect(await queryRows(file, 'SELECT message FROM monitoring.logs')).toEqual([{ message: written }]);
  });

  it('go into a table that has fewer columns, and times without a zone', async () => {
    const { file, append } = setup();
    await runSql(
      file,
      'CREATE SCHEMA monitoring',
      'CREATE TABLE monitoring.logs (message VARCHAR, timestamp TIMESTAMP)',
    );

    await append('one');

    expect(await queryRows(file, 'SELECT message, timestamp::VARCHAR AS time FROM monitoring.logs')).toEqual([
      { message: 'one', time: '2026-01-15 12:00:00' },
    ]);
  });

  it('go into a table that has its columns in another order, and further ones, which are NULL', async () => {
    const { file, append } = setup();
    await runSql(
      file,
      'CREATE SCHEMA monitoring',
      'CREATE TABLE monitoring.logs (extra INTEGER, log_level VARCHAR, message VARCHAR, experiment VARCHAR)',
    );

    await append('one');

    expect(await queryRows(file, 'SELECT * FROM monitoring.logs')).toEqual([
      { extra: null, log_level: 'ERROR', message: 'one', experiment: null },
    ]);
  });

  it('are written whole or not at all, and can be written later', async () => {
    const { file, sink } = setup();
    await runSql(
      file,
      'CREATE SCHEMA monitoring',
      "CREATE TABLE monitoring.logs (message VARCHAR CHECK (message <> 'bad'))",
    );
    const append = (...messages: string[]) =>
      sink.append({ id: 'one', table: 'logs', rows: messages.map((message) => ({ message })) }, never);

    await expect(append('good', 'bad')).rejects.toMatchObject({
      code: 'RECORDS_REFUSED',
      message: expect.stringContaining('Constraint Error'),
    });

    expect(await append('good')).toBe('written');
    expect(await queryRows(file, 'SELECT message FROM monitoring.logs')).toEqual([{ message: 'good' }]);
  });

  it('are known as written after the file was closed and opened again', async () => {
    const { file, append } = setup();
    await append('one');
    file.close();

    const again = new DuckDbRecordSink({ file: temporaryDuckDb({ path: file.path }), dataset: 'monitoring' });

    expect(await again.append({ id: 'one', table: 'logs', rows: [] }, never)).toBe('known');
  });

  it('cannot be written into a table that nobody knows', async () => {
    const { sink } = setup();

    const appending = sink.append({ id: '1', table: 'nonsense', rows: [{ a: 1 }] }, never);

    await expect(appending).rejects.toMatchObject({ code: 'QUERY_FAILED' });
  });

  it('name no experiments where there is no file, and make none', async () => {
    const { file, sink } = setup();

    expect(await sink.loggedExperiments(never)).toEqual([]);
    expect(file.exists()).toBe(false);
  });
});

it('adds the columns of this version to a table of an earlier one', async () => {
  const { file, sink } = setup();
  await runSql(file, 'CREATE SCHEMA monitoring', 'CREATE TABLE monitoring.audit_v1 (reason VARCHAR)');

  await sink.append({ id: 'a', table: 'audit_v1', rows: [{ audit_id: 'a', actor: 'alice' }] }, never);

  expect(await queryRows(file, 'SELECT audit_id, actor FROM monitoring.audit_v1')).toEqual([
    { audit_id: 'a', actor: 'alice' },
  ]);
});
