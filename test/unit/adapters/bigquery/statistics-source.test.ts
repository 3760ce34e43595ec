import { describe, expect, it } from 'vitest';
import type { Column } from '../../../../src/domain/column-type.ts';
import type { OpenTable, StatisticsSource } from '../../../../src/ports/statistics-source.ts';
import { ALL_TYPES_COLUMNS, ALL_TYPES_ROWS } from '../../../support/all-types.ts';
import { type CellValue, columnBatch } from '../../../support/column-batches.ts';
import { recordedLimit } from '../../../support/recorded-limit.ts';
import { encodedRows } from '../../../support/read-table.ts';
import type { TableSpec } from '../../../support/replay-server/catalog.ts';
import { numberedRows, STATISTICS_COLUMNS } from '../../../support/statistics-table.ts';
import { DATASET, fieldsOf, never, PROJECT, replayWorld, VERSION } from './replay-world.ts';

const VIEW = 'statistics_my_slug_weekly';
const NAME = `${DATASET}.${VIEW}`;

function view(rows: number): TableSpec {
  return { name: NAME, kind: 'view', fields: fieldsOf(STATISTICS_COLUMNS), rows: numberedRows(rows) };
}

const WINDOWS: TableSpec[] = [
  { name: `${DATASET}.statistics_my_slug_week_1`, generate: { rows: 10, windowIndex: false }, lastModifiedMs: 1000e9 },
  { name: `${DATASET}.statistics_my_slug_week_2`, generate: { rows: 20, windowIndex: false }, lastModifiedMs: 3000e9 },
  {
    name: `${DATASET}.statistics_my_slug_week_x_week_1`,
    generate: { rows: 5, windowIndex: false },
    lastModifiedMs: 2000e9,
  },
];

async function opened(source: StatisticsSource, seenVersion?: string): Promise<OpenTable> {
  const labels = { experiment: 'My Slug!', period: 'weekly', product: 'statistics' };
  const request = { table: VIEW, labels, signal: never };
  const open = await source.open(seenVersion === undefined ? request : { ...request, seenVersion });
  if (open === undefined) throw new Error('no table');
  return open;
}

async function drained(open: OpenTable): Promise<number> {
  let rows = 0;
  for await (const batch of open.batches(never)) rows += batch.rowCount;
  await open.close();
  return rows;
}

describe('BigQuery statistics source', () => {
  it('takes one request for a small view whose version is known', async () => {
    const { server, source } = await replayWorld({ tables: [view(100)] });

    const open = await opened(source, VERSION);
    const rows = await drained(open);

    expect(rows).toBe(100);
    expect(server.counters.read().requests).toEqual({ 'jobs.query': 1 });
    expect(open).toMatchObject({ source: `${PROJECT}.${NAME}`, version: VERSION, rowCount: 100, order: 'key' });
    expect(open.usage()).toMatchObject({ requests: 1, bytesBilled: 10 * 1024 * 1024 });
    expect(open.usage().bytesRead).toBeGreaterThan(1000);
  });

  it('waits for a turn for each query and each stream, one after the other', async () => {
    const events: string[] = [];
    const turns = { queries: recordedLimit('query', events), readStreams: recordedLimit('stream', events) };
    const { source } = await replayWorld({ tables: [view(2500)] }, { smallRows: 1000 }, { turns });

    const open = await opened(source, VERSION);
    const whenOpen = [...events];
    const rows = await drained(open);

    expect(rows).toBe(2500);
    expect(whenOpen).toEqual(['query begins', 'query ends']);
    expect(events).toEqual([...whenOpen, 'stream begins', 'stream ends']);
  });

  it('streams a view whose rows do not fit the reply, in order, from the table that the query made', async () => {
    const { server, source } = await replayWorld({ tables: [{ ...view(2500), batchRows: 700 }] }, { smallRows: 1000 });

    const open = await opened(source, VERSION);
    const metrics = (await encodedRows(open)).map((row) => row['metric']);

    expect(metrics).toEqual(numberedRows(2500).map((row) => row['metric']));
    expect(open.order).toBe('key');
    expect(server.counters.read().requests).toEqual({
      'jobs.query': 1,
      'jobs.get': 1,
      'storage.createReadSession': 1,
      'storage.readRows': 1,
    });
    expect(open.usage().requests).toBe(4);
  });

  it('gives the same bytes for all types, by a reply and by a stream', async () => {
    const columns: Column[] = [
      ...ALL_TYPES_COLUMNS,
      { name: 'big', type: { kind: 'numeric', scale: 38, words: 8 } },
      { name: 'structs', type: { kind: 'array', element: ALL_TYPES_COLUMNS.at(-1)!.type } },
    ];
    const more: CellValue[][] = [
      ['0.5', [{ x: 1, y: [] }]],
      [`-${'9'.repeat(38)}.${'9'.repeat(38)}`, []],
      [
        '5'.repeat(38),
        [
          { x: null, y: [1] },
          { x: 2n ** 62n, y: [Number.NaN, 0.1] },
        ],
      ],
      [null, []],
      ['-1', []],
    ];
    const rows = ALL_TYPES_ROWS.map((row, index) => {
      const cells = [...(row as readonly CellValue[]), ...more[index]!];
      return Object.fromEntries(
        columns.map(({ name, type }, place) => [name, cells[place] ?? (type.kind === 'array' ? [] : null)]),
      );
    });
    const tables: TableSpec[] = [{ name: NAME, kind: 'view', fields: fieldsOf(columns), rows, batchRows: 2 }];
    const { makeSource, source } = await replayWorld({ tables });
    const { source: streaming } = await replayWorld({ tables }, { smallRows: 0 });
    const expected = await encodedRows({
      columns,
      batches: async function* () {
        yield await Promise.resolve(columnBatch(columns, rows));
      },
    });

    const [fromReply, fromStream] = await Promise.all([opened(source, VERSION), opened(streaming, VERSION)]);

    expect(fromReply.columns).toEqual(columns);
    expect(fromStream.columns).toEqual(columns);
    expect(await encodedRows(fromReply)).toEqual(expected);
    expect(await encodedRows(fromStream)).toEqual(expected);
    expect(makeSource().url).toBe(`bigquery://${PROJECT}`);
  });

  it('labels every query within the rules, and caps what it may cost', async () => {
    const { server, source } = await replayWorld({ tables: [view(10)] }, { smallRows: 0, maximumBytesBilled: 77e9 });
    await drained(await opened(source, VERSION));

    const jobs = await fetch(`${server.restUrl}/bigquery/v2/projects/${PROJECT}/jobs?projection=full`);

    const text = await jobs.text();
    expect(JSON.parse(text)).toMatchObject({
      jobs: [
        {
          configuration: {
            labels: { application: 'contrail', experiment: 'my-slug-', period: 'weekly', product: 'statistics' },
          },
        },
      ],
    });
    expect(text).toMatch(/"maximumBytesBilled":"?\d+/);
  });

  it('asks for the columns when they are not those of the contract, and sorts by those that are there', async () => {
    const columns = STATISTICS_COLUMNS.filter((column) => column.name !== 'window_index');
    const tables: TableSpec[] = [
      { name: NAME, fields: fieldsOf(columns), rows: numberedRows(3, { window_index: null }).toReversed() },
    ];
    const { server, source } = await replayWorld({ tables });

    const rows = await encodedRows(await opened(source, VERSION));

    expect(rows.map((row) => row['metric'])).toEqual(['metric_000000', 'metric_000001', 'metric_000002']);
    expect(server.counters.read().requests).toEqual({ 'jobs.query': 3 });
  });

  it('opens nothing where there is nothing, with or without a version', async () => {
    const { source } = await replayWorld({ datasets: [DATASET] });

    expect(await source.open({ table: VIEW, signal: never })).toBeUndefined();
    expect(await source.open({ table: VIEW, signal: never, seenVersion: VERSION })).toBeUndefined();
    expect(await source.listTables(never)).toEqual([]);
  });

  it('finds no tables in a missing dataset, but says so when one of it is opened', async () => {
    const { source } = await replayWorld({});

    const opening = source.open({ table: VIEW, signal: never, seenVersion: VERSION });

    await expect(opening).rejects.toMatchObject({
      code: 'DATASET_MISSING',
      hint: expect.stringContaining('location=EU'),
    });
    expect(await source.listTables(never)).toEqual([]);
  });

  it('describes a view by the newest of its tables, and of those that its wildcard takes in', async () => {
    const { server, source } = await replayWorld({ tables: [{ ...view(0), lastModifiedMs: 500e9 }, ...WINDOWS] });

    const listing = await source.listTables(never);
    const names = [VIEW, 'statistics_my_slug_week_1', 'missing'];
    const { tables, unreadable } = await source.describeTables(names, never, listing);

    const time = (ms: number) => new Date(ms).toISOString();
    expect(tables.map(({ name, version, rows }) => [name, version, rows])).toEqual([
      [VIEW, time(3000e9), 35],
      ['statistics_my_slug_week_1', time(1000e9), 10],
    ]);
    expect(unreadable).toEqual([]);
    expect(server.counters.read().requests).toEqual({ 'jobs.query': 2 });
  });

  it('describes a view that changed after its tables by its own time, and asks anew without a listing', async () => {
    const { server, source } = await replayWorld({ tables: [{ ...view(0), lastModifiedMs: 4000e9 }, ...WINDOWS] });
    const listing = await source.listTables(never);
    const first = await source.describeTables([VIEW], never, listing);
    server.catalog.add({ ...view(0), lastModifiedMs: 5000e9 });

    const second = await source.describeTables([VIEW], never);

    const versions = [first, second].map(({ tables }) => tables[0]?.version);
    expect(versions).toEqual([new Date(4000e9).toISOString(), new Date(5000e9).toISOString()]);
    expect((await opened(source)).version).toBe(versions[1]);
  });

  it('reports a view without tables, which stops no other and fails to open', async () => {
    const message = `${PROJECT}:${DATASET}.statistics_my_slug_week_* does not match any table.`;
    const queryFails = { code: 'INVALID_ARGUMENT', reason: 'invalidQuery', message } as const;
    const other = { ...view(3), name: `${DATASET}.statistics_other_weekly`, kind: 'table' } as const;
    const { source } = await replayWorld({ tables: [{ ...view(0), queryFails }, other] });

    const { tables, unreadable } = await source.describeTables([VIEW, 'statistics_other_weekly'], never);
    const opening = opened(source, VERSION);

    const expected = {
      code: 'SOURCE_GONE',
      subject: `${PROJECT}.${NAME}`,
      message: expect.stringContaining('does not match any table'),
    };
    expect(tables.map((table) => table.name)).toEqual(['statistics_other_weekly']);
    expect(unreadable).toEqual([{ name: VIEW, error: expect.objectContaining(expected) }]);
    await expect(opening).rejects.toMatchObject(expected);
  });

  it('estimates bytes and tables by dry runs, leaving out what is missing', async () => {
    const generate = { rows: 1000 };
    const { server, source } = await replayWorld({ tables: [{ name: NAME, kind: 'view', generate }] });

    const reads = await source.estimateReads([VIEW, 'missing'], never);

    expect([...reads]).toEqual([[VIEW, { bytes: 130_000, tables: 1 }]]);
    expect(server.counters.read().requests).toEqual({ 'jobs.insert': 2 });
  });

  it('waits for a query that takes its time, and knows what it cost', async () => {
    const { source } = await replayWorld({ tables: [{ ...view(5), queryMs: 200 }] });

    const open = await opened(source, VERSION);

    expect(await drained(open)).toBe(5);
    expect(open.usage().bytesBilled).toBeGreaterThan(0);
    expect(open.usage().queryMs).toBeGreaterThan(0);
  });

  it('repeats a request that failed in passing, and only that', async () => {
    const passing = await replayWorld({
      tables: [view(5)],
      faults: [
        { on: 'jobs.query', fault: { kind: 'refuse', code: 'UNAVAILABLE' } },
        { on: 'jobs.query', skip: 1, fault: { kind: 'reset' } },
      ],
    });
    const lasting = await replayWorld({
      tables: [view(5)],
      faults: [{ on: 'jobs.query', times: 'all', fault: { kind: 'refuse', code: 'UNAVAILABLE' } }],
    });
    const throttled = await replayWorld({
      tables: [view(5)],
      faults: [{ on: 'jobs.query', times: 'all', fault: { kind: 'refuse', code: 'RESOURCE_EXHAUSTED' } }],
    });

    expect(await drained(await opened(passing.source, VERSION))).toBe(5);
    await expect(opened(lasting.source, VERSION)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await expect(opened(throttled.source, VERSION)).rejects.toMatchObject({ code: 'THROTTLED' });
    expect(passing.server.counters.read().requests['jobs.query']).toBe(3);
    expect(lasting.server.counters.read().requests['jobs.query']).toBe(3);
    expect(throttled.server.counters.read().requests['jobs.query']).toBe(1);
  });
});
