/** The REST side, seen through the vendor's client and, where that hides something, through fetch. */
import { describe, expect, it } from 'vitest';
import type { TableSpec } from '../../support/replay-server/catalog.ts';
import { openSession, PROJECT, readStream, rowsOf, setup, tableOf, type World } from './world.ts';

const STATISTICS: TableSpec = {
  name: 'd.statistics_a_weekly',
  kind: 'view',
  generate: { rows: 30_000, windows: 4 },
  lastModifiedMs: 1_768_000_000_123,
};
const WRITTEN: TableSpec = {
  name: 'd.written',
  fields: [
    { name: 'metric', type: 'STRING' },
    { name: 'window_index', type: 'INTEGER' },
    { name: 'point', type: 'FLOAT' },
  ],
  rows: [
    { metric: 'b', window_index: 10, point: 1 },
    { metric: 'a', window_index: 9, point: null },
    { metric: null, window_index: 9, point: 0.25 },
  ],
};
const SMALL: TableSpec = { name: 'd.small', generate: { rows: 250, windows: 3 } };

describe('jobs.query', () => {
  it('gives a small result within the reply', async () => {
    const world = await setup({ tables: [WRITTEN] });

    const reply = await query(world, 'SELECT * FROM `p.d.written` ORDER BY window_index, metric');

    expect(reply).toMatchObject({
      jobComplete: true,
      totalRows: '3',
      schema: { fields: [{ type: 'STRING' }, { type: 'INTEGER' }, { type: 'FLOAT' }] },
      rows: [
        { f: [{ v: null }, { v: '9' }, { v: '0.25' }] },
        { f: [{ v: 'a' }, { v: '9' }, { v: null }] },
        { f: [{ v: 'b' }, { v: '10' }, { v: '1.0' }] },
      ],
    });
    expect(reply.pageToken).toBeUndefined();
  });

  it('gives a large result page by page, or by Storage Read from its anonymous table', async () => {
    const world = await setup({ tables: [STATISTICS] });
    const [job] = await world.bigquery.createQueryJob('SELECT * FROM d.statistics_a_weekly ORDER BY window_index');

    const [rows] = await job.getQueryResults();
    const [metadata] = await job.getMetadata();
    const { datasetId, tableId } = metadata.configuration.query.destinationTable;
    const session = await openSession(world, `${datasetId}.${tableId}`);
    const streamed = rowsOf(tableOf(session, (await readStream(world, session)).responses));

    expect(rows).toHaveLength(30_000);
    expect(world.server.counters.read().requests['jobs.getQueryResults']).toBeGreaterThan(1);
    expect(rows.map((row) => row.point)).toEqual(streamed.map((row) => row['point']));
    expect(rows.map((row) => String(row.window_index))).toEqual(streamed.map((row) => row['window_index']));
    expect(metadata.statistics.query.totalBytesBilled).toBe('10485760');
  });

  it('lists tables with their times, counts windows, and selects one', async () => {
    const world = await setup({ tables: [STATISTICS, SMALL] });

    const meta = await world.bigquery.query(
      "SELECT table_id, type, last_modified_time FROM `d.__TABLES__` WHERE STARTS_WITH(table_id, 'statistics_')",
    );
    const counts = await world.bigquery.query(
      'SELECT window_index, COUNT(*) AS n FROM d.small GROUP BY window_index ORDER BY 1',
    );
    const one = await world.bigquery.query('SELECT metric, point FROM d.small WHERE window_index = 2');

    expect(meta[0]).toEqual([{ table_id: 'statistics_a_weekly', type: 2, last_modified_time: 1_768_000_000_123 }]);
    expect(counts[0]).toEqual([84, 84, 82].map((n, index) => ({ window_index: index + 1, n })));
    expect(one[0]).toHaveLength(84);
    expect(Object.keys(one[0][0])).toEqual(['metric', 'point']);
  });

  it('tells by a dry run what would be read, and refuses what may not cost so much', async () => {
    const world = await setup({ tables: [STATISTICS] });
    const sql = 'SELECT * FROM d.statistics_a_weekly';

    const dry = await query(world, sql, { dryRun: true });
    const capped = await query(world, sql, { maximumBytesBilled: '1000' });

    expect(dry).toMatchObject({ totalBytesProcessed: String(30_000 * 130), jobComplete: true });
    expect(dry.rows).toBeUndefined();
    expect(capped.error).toMatchObject({ code: 400, errors: [{ reason: 'bytesBilledLimitExceeded' }] });
  });

  it('refuses an unknown column, table, dataset and statement, and a view that is broken', async () => {
    const queryFails = {
      code: 'INVALID_ARGUMENT',
      reason: 'invalid',
      message: 'd.x_* does not match any table.',
    } as const;
    const world = await setup({ tables: [WRITTEN, { name: 'd.broken', kind: 'view', queryFails }] });
    const reasonOf = async (sql: string): Promise<unknown> => (await query(world, sql)).error?.errors[0];

    expect(await reasonOf('SELECT * FROM d.written ORDER BY segment')).toEqual({
      reason: 'invalidQuery',
      domain: 'global',
      message: 'Unrecognized name: segment at [1:34]',
    });
    expect(await reasonOf('SELECT * FROM d.missing')).toMatchObject({ reason: 'notFound' });
    expect(await reasonOf('SELECT * FROM e.written')).toMatchObject({ reason: 'notFound' });
    expect(await reasonOf('SELECT 1')).toMatchObject({ reason: 'invalidQuery' });
    expect(await reasonOf('SELECT * FROM d.broken')).toMatchObject({ message: 'd.x_* does not match any table.' });
  });

  it('gives the answer that was set for a statement', async () => {
    const world = await setup({
      answers: [{ statement: 'JOBS_BY_PROJECT', fields: [{ name: 'n', type: 'INTEGER' }], rows: [{ n: 7 }] }],
    });

    const [rows] = await world.bigquery.query('SELECT n FROM `region-us`.INFORMATION_SCHEMA.JOBS_BY_PROJECT');

    expect(rows).toEqual([{ n: 7 }]);
  });

  it('is not complete before its time, gives a repeated request the same job, and can be cancelled', async () => {
    const world = await setup({ tables: [{ ...SMALL, queryMs: 60_000 }] });
    const ask = () => query(world, 'SELECT * FROM d.small', { timeoutMs: 20, requestId: 'once' });

    const first = await ask();
    const second = await ask();
    await world.bigquery.job(first.jobReference.jobId).cancel();
    const [{ status }] = await world.bigquery.job(first.jobReference.jobId).getMetadata();

    expect(first.jobComplete).toBe(false);
    expect(second.jobReference).toEqual(first.jobReference);
    expect(status).toMatchObject({ state: 'DONE', errorResult: { reason: 'stopped' } });
  });
});

describe('tables', () => {
  it('are listed by pages and told one by one', async () => {
    const world = await setup({ tables: [STATISTICS, WRITTEN, SMALL] });
    const address = `${world.server.restUrl}/bigquery/v2/projects/${PROJECT}/datasets/d/tables`;

    const page = await (await fetch(`${address}?maxResults=2`)).json();
    const [all] = await world.bigquery.dataset('d').getTables();
    const [metadata] = await world.bigquery.dataset('d').table('small').getMetadata();

    expect(page).toMatchObject({ totalItems: 3, nextPageToken: '2', tables: { length: 2 } });
    expect(all.map(({ id }) => id)).toEqual(['small', 'statistics_a_weekly', 'written']);
    expect(metadata).toMatchObject({ type: 'TABLE', numRows: '250', tableReference: { tableId: 'small' } });
  });

  it('give their rows by pages and from an index; views do not', async () => {
    const world = await setup({ tables: [STATISTICS, SMALL], pageRows: 100 });
    const table = world.bigquery.dataset('d').table('small');

    const [all] = await table.getRows();
    const [rest] = await table.getRows({ startIndex: '240' });
    const view = world.bigquery.dataset('d').table('statistics_a_weekly');

    expect(all).toHaveLength(250);
    expect(rest).toEqual(all.slice(240));
    expect(world.server.counters.read().requests['tabledata.list']).toBe(4);
    await expect(view.getRows()).rejects.toMatchObject({ code: 400, message: 'Cannot list a table of type VIEW.' });
  });
});

describe('load jobs', () => {
  const configuration = {
    schema: {
      fields: [
        { name: 'day', type: 'DATE' },
        { name: 'at', type: 'TIMESTAMP' },
        { name: 'n', type: 'INT64' },
      ],
    },
    timePartitioning: { type: 'DAY', field: 'day' },
  };
  const row = (day: string, n: number) => ({ day, at: '2026-01-13T04:30:00.250Z', n });

  it('append, replace a table, and replace one day of it', async () => {
    const world = await setup({ datasets: ['m'] });

    await load(world, { ...configuration, table: 'logs' }, [row('2026-01-12', 1), row('2026-01-13', 2)]);
    await load(world, { ...configuration, table: 'logs' }, [row('2026-01-13', 3)]);
    const day = { ...configuration, table: 'logs$20260113', writeDisposition: 'WRITE_TRUNCATE' };
    await load(world, day, [row('2026-01-13', 4)]);

    expect(world.server.rowsOf('m.logs')).toEqual([
      { day: '2026-01-12', at: '2026-01-13 04:30:00.25 UTC', n: 1n },
      { day: '2026-01-13', at: '2026-01-13 04:30:00.25 UTC', n: 4n },
    ]);
    const wrong = await load(world, day, [row('2026-01-14', 5)]);
    expect(wrong.status.errorResult).toMatchObject({ reason: 'invalid' });
    await load(world, { ...configuration, table: 'logs', writeDisposition: 'WRITE_TRUNCATE' }, []);
    expect(world.server.rowsOf('m.logs')).toEqual([]);
  });

  it('take an id once, and fail as a whole', async () => {
    const world = await setup({ datasets: ['m'] });

    const bad = await load(world, { ...configuration, table: 'logs', id: 'a' }, [row('2026-01-12', 1), { n: 'x' }]);
    const again = await load(world, { ...configuration, table: 'logs', id: 'a' }, [row('2026-01-12', 1)]);
    const unknown = await load(world, { ...configuration, table: 'logs' }, [{ other: 1 }]);
    const missing = await load(world, { ...configuration, table: 'logs', dataset: 'none' }, []);

    expect(bad.status).toMatchObject({ state: 'DONE', errorResult: { reason: 'invalid' } });
    expect(again.error).toMatchObject({ code: 409, errors: [{ reason: 'duplicate' }], status: 'ALREADY_EXISTS' });
    expect(unknown.status.errorResult.message).toContain('No such field: other.');
    expect(missing.status.errorResult.reason).toBe('notFound');
    expect(world.server.rowsOf('m.logs')).toEqual([]);
    expect(world.server.counters.read().requests['jobs.upload']).toBe(4);
  });

  it('write what queries and streams then read', async () => {
    const world = await setup({ datasets: ['m'] });
    await load(world, { ...configuration, table: 'logs' }, [row('2026-01-12', 1), row('2026-01-12', 1), { n: 2 }]);

    const [distinct] = await world.bigquery.query('SELECT DISTINCT n FROM m.logs WHERE day IS NOT NULL');
    const session = await openSession(world, 'm.logs');
    const rows = rowsOf(tableOf(session, (await readStream(world, session)).responses));

    expect(distinct).toEqual([{ n: 1 }]);
    expect(rows.map((loaded) => loaded['n'])).toEqual(['1', '1', '2']);
  });
});

// eslint-disable-next-line typescript/no-explicit-any -- replies are looked at field by field.
type Reply = any;

async function query({ server }: World, sql: string, more: object = {}): Promise<Reply> {
  const body = JSON.stringify({ query: sql, useLegacySql: false, ...more });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${server.restUrl}/bigquery/v2/projects/${PROJECT}/queries`, {
    method: 'POST',
    headers,
    body,
  });
  return response.json();
}

interface Load {
  readonly table: string;
  readonly dataset?: string;
  readonly id?: string;
  readonly writeDisposition?: string;
}

async function load(
  { server }: World,
  { table, dataset = 'm', id, ...load }: Load,
  rows: readonly object[],
): Promise<Reply> {
  const destinationTable = { projectId: PROJECT, datasetId: dataset, tableId: table };
  const job = {
    jobReference: { projectId: PROJECT, jobId: id },
    configuration: { load: { ...load, destinationTable, sourceFormat: 'NEWLINE_DELIMITED_JSON' } },
  };
  const part = (type: string, text: string): string => `--b\r\ncontent-type: ${type}\r\n\r\n${text}\r\n`;
  const ndjson = rows.map((row) => JSON.stringify(row)).join('\n');
  const body = `${part('application/json', JSON.stringify(job))}${part('application/octet-stream', ndjson)}--b--`;
  const address = `${server.restUrl}/upload/bigquery/v2/projects/${PROJECT}/jobs?uploadType=multipart`;
  const headers = { 'content-type': 'multipart/related; boundary=b' };
  return (await fetch(address, { method: 'POST', headers, body })).json();
}
