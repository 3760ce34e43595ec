import { DuckDBInstance } from '@duckdb/node-api';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { DuckDbFile, type DuckDbOptions } from '../../../src/adapters/duckdb/database.ts';
import { DuckDbStatisticsSource } from '../../../src/adapters/duckdb/statistics-source.ts';
import { queryRows, temporaryFolder } from '../../support/duckdb.ts';
import { holdDuckDb } from '../../support/hold-duckdb.ts';
import { makeSignal } from '../../support/signal.ts';

const never = new AbortController().signal;

function openFile(path: string, options: Partial<DuckDbOptions> = {}): DuckDbFile {
  const settings = {
    memoryLimit: '256MB',
    threads: 2,
    waitMs: 5_000,
    createIfMissing: true,
    keepOpen: false,
    clock: systemClock,
  };
  return new DuckDbFile({ path, ...settings, ...options });
}

const databasePath = () => join(temporaryFolder(), 'a folder', 'test.duckdb');

async function makeDatabase(): Promise<string> {
  const path = databasePath();
  await openFile(path).use('write', (connection) => connection.run('CREATE TABLE t AS SELECT 1 AS a'));
  return path;
}

describe('a DuckDB file', () => {
  it('is made with its folder when it is missing', async () => {
    const path = databasePath();
    const file = openFile(path);
    expect(file.exists()).toBe(false);

    const rows = await queryRows(file, 'SELECT 1 AS a');

    expect([rows, file.exists(), file.url]).toEqual([[{ a: 1 }], true, `duckdb:${path}`]);
  });

  it('is not made by those who only read results from it, who are told that it is missing', async () => {
    const file = openFile(databasePath(), { createIfMissing: false });

    await expect(new DuckDbStatisticsSource({ file, dataset: 'x' }).listTables(never)).rejects.toMatchObject({
      code: 'WAREHOUSE_UNREADABLE',
      message: `The DuckDB file ${file.path} does not exist.`,
      hint: expect.stringContaining('CONTRAIL_WAREHOUSE'),
    });

    expect(file.exists()).toBe(false);
  });

  it.each([
    ['text', 'this is no database'.repeat(1000)],
    ['few bytes', 'x'],
  ])('that holds %s cannot be opened', async (_, text) => {
    const path = join(temporaryFolder(), 'test.duckdb');
    writeFileSync(path, text);

    for (const access of ['read', 'write'] as const) {
      const using = openFile(path).use(access, () => Promise.resolve());

      await expect(using).rejects.toMatchObject({
        code: 'WAREHOUSE_UNREADABLE',
        failureClass: 'environment',
        message: expect.stringMatching(new RegExp(`^The DuckDB file ${path} cannot be opened: .*$`)),
      });
    }
  });

  it('that is a folder, or lies under a file, cannot be opened', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'x.duckdb'));
    writeFileSync(join(folder, 'file'), '');

    for (const path of [join(folder, 'x.duckdb'), join(folder, 'file', 'y.duckdb')]) {
      await expect(openFile(path).lease('read')).rejects.toMatchObject({ code: 'WAREHOUSE_UNREADABLE' });
    }
  });

  it('fetches nothing from the network', async () => {
    const setting = await queryRows(
      openFile(databasePath()),
      "SELECT current_setting('autoinstall_known_extensions') AS s",
    );

    expect(setting).toEqual([{ s: false }]);
  });

  it.each([
    ['reads a text', (other: string) => `SELECT * FROM read_text('${other}')`],
    ['reads a table', (other: string) => `SELECT * FROM '${other}.csv'`],
    ['lists a folder', (other: string) => `SELECT * FROM glob('${other}*')`],
    ['attaches a database', (other: string) => `ATTACH '${other}.duckdb'`],
    ['copies into a file', (other: string) => `COPY (SELECT 1) TO '${other}.csv'`],
    ['exports everything', (other: string) => `EXPORT DATABASE '${other}-folder'`],
    ['loads an extension', () => 'LOAD httpfs'],
    ['installs an extension', () => 'INSTALL httpfs'],
    ['turns external access on', () => 'SET enable_external_access = true'],
    ['unlocks the configuration', () => 'SET lock_configuration = false'],
  ])('lets no statement through that %s', async (_, statementOn) => {
    const other = join(temporaryFolder(), 'other');
    writeFileSync(other, 'secret');
    const file = openFile(databasePath());

    await expect(file.use('write', (connection) => connection.run(statementOn(other)))).rejects.toThrow(
      /Permission Error|configuration has been locked/,
    );
  });

  it('lets no view through that reads another file, made while that was allowed', async () => {
    const path = join(temporaryFolder(), 'test.duckdb');
    const other = join(temporaryFolder(), 'other');
    writeFileSync(other, 'secret');
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    await connection.run(`CREATE VIEW v AS SELECT * FROM read_text('${other}')`);
    connection.closeSync();
    instance.closeSync();

    await expect(queryRows(openFile(path), 'SELECT * FROM v')).rejects.toThrow('Permission Error');
  });
});

describe('a DuckDB file that another process holds', () => {
  it('is waited for, then given up, saying who has it', async () => {
    const path = await makeDatabase();
    const holder = await holdDuckDb(path);

    for (const access of ['read', 'write'] as const) {
      const using = openFile(path, { waitMs: 300 }).use(access, () => Promise.resolve());

      await expect(using).rejects.toMatchObject({
        code: 'WAREHOUSE_BUSY',
        failureClass: 'transient',
        message: expect.stringMatching(
          new RegExp(`${path} is held by process ${holder.pid} \\(.*node.*\\); waited 0.3 s`),
        ),
        hint: expect.stringContaining('one process at a time'),
      });
    }
  });

  it('is opened when the other lets go of it', async () => {
    const path = await makeDatabase();
    const holder = await holdDuckDb(path);
    const reading = queryRows(openFile(path), 'SELECT a FROM t');

    await holder.release();

    expect(await reading).toEqual([{ a: 1 }]);
  });

  it('does not stop those who come later', async () => {
    const path = await makeDatabase();
    const holder = await holdDuckDb(path);
    const file = openFile(path, { waitMs: 100 });
    await expect(file.lease('write')).rejects.toMatchObject({ code: 'WAREHOUSE_BUSY' });

    await holder.release();

    expect(await queryRows(file, 'SELECT a FROM t')).toEqual([{ a: 1 }]);
  });
});

describe('the work of one process', () => {
  it('shares the file: many read at once', async () => {
    const file = openFile(await makeDatabase());
    const leases = await Promise.all(Array.from({ length: 5 }, () => file.lease('read')));

    const counts = await Promise.all(leases.map(({ connection }) => connection.runAndReadAll('SELECT a FROM t')));

    expect(counts.map((reader) => reader.getRowsJson())).toEqual(leases.map(() => [[1]]));
    for (const lease of leases) lease.release();
  });

  it('lets go of the file when the last has ended, so that another process can have it', async () => {
    const path = await makeDatabase();
    const file = openFile(path);
    const [first, second] = await Promise.all([file.lease('read'), file.lease('read')]);

    first.release();
    first.release();
    await expect(holdDuckDb(path)).rejects.toThrow('could not be held');
    second.release();

    await (await holdDuckDb(path)).release();
    expect(await queryRows(file, 'SELECT count(*)::INTEGER AS n FROM held')).toEqual([{ n: 0 }]);
  });

  it('writes when those who read have ended; who comes later waits behind the writer', async () => {
    const file = openFile(await makeDatabase());
    const order = makeSignal<string>();
    const reader = await file.lease('read');

    const writing = file.use('write', (connection) => {
      order.tell('writes');
      return connection.run('UPDATE t SET a = 2');
    });
    const reading = file.use('read', async () => order.tell('reads later'));
    await reader.connection.run('SELECT a FROM t');
    order.tell('reader ends');
    reader.release();
    await Promise.all([writing, reading]);

    expect(order.told[0]).toBe('reader ends');
    expect([...order.told].sort()).toEqual(['reader ends', 'reads later', 'writes']);
    expect(await queryRows(file, 'SELECT a FROM t')).toEqual([{ a: 2 }]);
  });

  it('reads beside a writer that is at work', async () => {
    const file = openFile(await makeDatabase());
    const writer = await file.lease('write');

    expect(await queryRows(file, 'SELECT a FROM t')).toEqual([{ a: 1 }]);
    writer.release();
  });

  it('ends its connection when it fails', async () => {
    const path = await makeDatabase();
    const file = openFile(path);

    await expect(file.use('write', () => Promise.reject(new Error('no')))).rejects.toThrow('no');

    await (await holdDuckDb(path)).release();
  });

  it('keeps the file until it is closed, if it is told to be its only process', async () => {
    const path = await makeDatabase();
    const keeper = openFile(path, { keepOpen: true });
    await queryRows(keeper, 'SELECT 1');
    await expect(holdDuckDb(path)).rejects.toThrow('could not be held');

    keeper.close();
    keeper.close();

    await (await holdDuckDb(path)).release();
  });
});
