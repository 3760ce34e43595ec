import { describe, expect, it } from 'vitest';
import type { BigQueryLimits } from '../../../../src/adapters/bigquery/options.ts';
import { encodedRows } from '../../../support/read-table.ts';
import type { Fault, FaultRule } from '../../../support/replay-server/faults.ts';
import { GeneratedContent } from '../../../support/replay-server/generated-content.ts';
import { STATISTICS_COLUMNS } from '../../../support/statistics-table.ts';
import { DATASET, never, replayWorld, VERSION } from './replay-world.ts';

const VIEW = 'statistics_my_slug_weekly';
const ROWS = 6000;
/** For streams that stand still; others may be slow where a machine is busy. */
const IMPATIENT = { stallTimeoutMs: 300 };
const GENERATED = { rows: ROWS, windows: 2, batchRows: 200 };

/** A view that is read as a stream of messages of 200 rows or less. */
async function setup(faults: readonly FaultRule[], limits: Partial<BigQueryLimits> = {}) {
  const tables = [{ name: `${DATASET}.${VIEW}`, kind: 'view', generate: GENERATED } as const];
  const world = await replayWorld({ tables, faults }, { smallRows: 10, stallTimeoutMs: 300, ...limits });
  const open = await world.source.open({ table: VIEW, seenVersion: VERSION, signal: never });
  if (open === undefined) throw new Error('no table');
  return { ...world, open };
}

function onStream(fault: Fault, times: number | 'all' = 1): FaultRule {
  return { on: 'storage.readRows', times, fault };
}

function lost(message: string): Fault {
  return { kind: 'refuse', code: 'INTERNAL', message, afterBatches: 7 };
}

const whole = new GeneratedContent(GENERATED);
const expected = encodedRows({
  columns: STATISTICS_COLUMNS,
  batches: async function* () {
    yield await Promise.resolve(whole.columns(whole.fields, { from: 0, to: ROWS }));
  },
});

describe('a stream of rows', () => {
  it.each<[string, Fault]>([
    ['the service goes away', { kind: 'refuse', code: 'UNAVAILABLE', afterBatches: 7 }],
    ['the connection is reset', { kind: 'reset', afterBatches: 7 }],
    ['nothing comes any more', { kind: 'stall', afterBatches: 7 }],
    ['it ends early', { kind: 'truncate', afterBatches: 7 }],
    ['the service goes away before the first row', { kind: 'refuse', code: 'UNAVAILABLE' }],
    [
      'the service asks to come back later',
      { kind: 'refuse', code: 'RESOURCE_EXHAUSTED', retryAfterMs: 20, afterBatches: 7 },
    ],
    ['HTTP/2 breaks', lost('HTTP/2 error code: INTERNAL_ERROR\nReceived Rst Stream')],
    ['the connection is closed', lost('Connection closed with unknown cause')],
  ])('is taken up where it broke when %s', async (_, fault) => {
    const { open, server } = await setup([onStream(fault)], fault.kind === 'stall' ? IMPATIENT : {});

    const rows = await encodedRows(open);

    expect(rows).toEqual(await expected);
    expect(server.counters.read().requests['storage.readRows']).toBe(2);
  });

  it('is taken up again and again while it gets on', async () => {
    const { open, server } = await setup([onStream({ kind: 'refuse', code: 'UNAVAILABLE', afterBatches: 2 }, 9)]);

    const rows = await encodedRows(open);

    expect(rows).toEqual(await expected);
    expect(server.counters.read().requests['storage.readRows']).toBe(10);
  });

  it('is given up when it breaks over and over without a row', async () => {
    const { open, server } = await setup([onStream({ kind: 'truncate' }, 'all')]);

    await expect(encodedRows(open)).rejects.toMatchObject({
      code: 'STREAM_BROKEN',
      message: expect.stringContaining('0 of 6000 rows'),
    });
    expect(server.counters.read().requests['storage.readRows']).toBe(6);
  });

  it.each([
    ['RESOURCE_EXHAUSTED', 'THROTTLED'],
    ['PERMISSION_DENIED', 'ACCESS_DENIED'],
    ['NOT_FOUND', 'SOURCE_CHANGED'],
    ['UNAUTHENTICATED', 'CREDENTIALS_INVALID'],
  ] as const)('that is refused with %s fails as %s at once', async (code, expected) => {
    const { open, server } = await setup([onStream({ kind: 'refuse', code, afterBatches: 2 })]);

    await expect(encodedRows(open)).rejects.toMatchObject({ code: expected, subject: expect.stringContaining(VIEW) });
    expect(server.counters.read().requests['storage.readRows']).toBe(1);
  });

  it.each([
    ['more', -5, 'more than the 5995 rows'],
    ['fewer', 5, 'it ended after 6000 of 6005 rows'],
  ])('that has %s rows than promised is refused', async (_, by, reason) => {
    const { open } = await setup([{ on: 'jobs.query', fault: { kind: 'wrong-row-count', by } }]);

    await expect(encodedRows(open)).rejects.toMatchObject({
      code: 'STREAM_BROKEN',
      message: expect.stringContaining(reason),
    });
  });

  it('ends at once when it is aborted, and at the service too', async () => {
    const { open, server } = await setup([onStream({ kind: 'stall', afterBatches: 3 })]);
    const stop = new AbortController();
    const batches = open.batches(stop.signal)[Symbol.asyncIterator]();
    for (let read = 0; read < 3; read++) await batches.next();
    const next = batches.next();

    stop.abort(new Error('stop'));

    await expect(next).rejects.toThrow('stop');
    await expect.poll(() => server.counters.read().streamsCancelled).toBe(1);
  });

  it('ends at the service when the reader leaves, or closes the table', async () => {
    const { open, server } = await setup([onStream({ kind: 'stall', afterBatches: 3 }, 'all')]);
    for await (const batch of open.batches(never)) if (batch.rowCount > 0) break;
    await expect.poll(() => server.counters.read().streamsCancelled).toBe(1);

    const batches = open.batches(never)[Symbol.asyncIterator]();
    for (let read = 0; read < 3; read++) await batches.next();
    const next = batches.next();
    await open.close();

    await expect(next).rejects.toMatchObject({ code: 'ABORTED' });
    await expect.poll(() => server.counters.read().streamsCancelled).toBe(2);
  });

  it('begins when there is room among the streams that may be read at once', async () => {
    const { open, source, server } = await setup([], { streams: 1 });
    const other = await source.open({ table: VIEW, seenVersion: VERSION, signal: never });
    const batches = open.batches(never)[Symbol.asyncIterator]();
    await batches.next();

    const rowsOfOther = encodedRows(other!);
    // Time enough for the other one, if it did not wait.
    for (let rows = 200; rows < ROWS - 200;) rows += (await batches.next()).value?.rowCount ?? ROWS;
    const readsMeanwhile = server.counters.read().requests['storage.readRows'];
    await batches.return?.();

    expect(await rowsOfOther).toEqual(await expected);
    expect(readsMeanwhile).toBe(1);
    expect(server.counters.read().requests['storage.readRows']).toBe(2);
  });
});
