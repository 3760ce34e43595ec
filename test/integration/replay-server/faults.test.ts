/** What is set to go wrong goes wrong, on both sides, and is counted. */
import { Client, credentials } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../support/replay-server/faults.ts';
import { READ_API } from '../../support/replay-server/read-api.ts';
import { openSession, readStream, rowsOf, setup, tableOf, type World } from './world.ts';

const UNLIMITED = { 'grpc.max_receive_message_length': -1 };
const TABLES = [{ name: 'd.t', generate: { rows: 10_000, windows: 5, segments: 2, batchRows: 1000 } }];

describe('a stream', () => {
  it('breaks after the batches that it was told, and goes on from there', async () => {
    const world = await setup({ tables: TABLES });
    world.server.faults.add({
      on: 'storage.readRows',
      fault: { kind: 'refuse', code: 'UNAVAILABLE', afterBatches: 3 },
    });
    const session = await openSession(world, 'd.t');

    const broken = await readStream(world, session);
    const rest = await readStream(world, session, { offset: 3000 });

    expect(broken.error).toMatchObject({ code: 14 });
    expect(broken.responses).toHaveLength(3);
    expect(tableOf(session, [...broken.responses, ...rest.responses]).numRows).toBe(10_000);
  });

  it('may break behind its last row', async () => {
    const world = await setup({ tables: TABLES });
    world.server.faults.add({ on: 'storage.readRows', fault: { kind: 'refuse', code: 'INTERNAL', afterBatches: 10 } });
    const session = await openSession(world, 'd.t');

    const { responses, error } = await readStream(world, session);

    expect(responses).toHaveLength(10);
    expect(error).toMatchObject({ code: 13 });
  });

  it('ends early, or has its connection reset', async () => {
    const world = await setup({ tables: TABLES });
    world.server.faults.add({ on: 'storage.readRows', fault: { kind: 'truncate', afterBatches: 2 } });
    world.server.faults.add({ on: 'storage.readRows', skip: 1, fault: { kind: 'reset', afterBatches: 2 } });
    const session = await openSession(world, 'd.t');

    const truncated = await readStream(world, session);
    const reset = await readStream(world, session);
    const whole = await readStream(world, session);

    expect(truncated.error).toBeUndefined();
    expect(truncated.responses).toHaveLength(2);
    expect(reset.error?.code).toBe(14);
    expect(whole.error).toBeUndefined();
    expect(whole.responses).toHaveLength(10);
  });

  it('stalls until its reader gives up', async () => {
    const world = await setup({ tables: TABLES });
    world.server.faults.add({ on: 'storage.readRows', fault: { kind: 'stall', afterBatches: 1 } });
    const session = await openSession(world, 'd.t');
    const call = world.storage.readRows({ readStream: session.streams?.[0]?.name ?? '' });
    const error = new Promise<{ code?: number }>((resolve) => call.on('error', resolve));

    call.on('data', () => call.cancel());

    expect((await error).code).toBe(1);
    await expect.poll(() => world.server.counters.read().streamsCancelled).toBe(1);
  });

  it('claims other row counts than it has', async () => {
    const world = await setup({ tables: TABLES });
    world.server.faults.add({ on: 'storage.readRows', fault: { kind: 'wrong-row-count', by: 5 } });
    const session = await openSession(world, 'd.t');

    const { responses } = await readStream(world, session);

    expect(responses.map(({ rowCount }) => Number(rowCount))).toEqual(Array.from({ length: 10 }, () => 1005));
    expect(tableOf(session, responses).numRows).toBe(10_000);
  });

  it('keeps to its pace', async () => {
    const world = await setup({ tables: TABLES });
    world.server.faults.add({ on: 'storage.readRows', times: 1, fault: { kind: 'rate', rowsPerSecond: 1 } });
    const session = await openSession(world, 'd.t');
    const call = world.storage.readRows({ readStream: session.streams?.[0]?.name ?? '' });
    call.on('error', () => {});

    await new Promise((resolve) => call.once('data', resolve));
    const sent = await settled(() => world.server.counters.read().batchesStreamed);
    call.cancel();
    const { responses } = await readStream(world, session);

    expect(sent).toBe(1);
    expect(responses).toHaveLength(10);
  });

  it('waits for a slow reader instead of filling the memory', async () => {
    const world = await setup({ tables: [{ name: 'd.big', generate: { rows: 1_000_000, windows: 5 } }] });
    const session = await openSession(world, 'd.big');
    // Not by the vendor's client: that one reads on, whether its own reader is paused or not.
    const client = new Client(world.server.grpcAddress, credentials.createInsecure(), UNLIMITED);
    const { path, requestSerialize } = READ_API.readRows;
    const request = { readStream: session.streams?.[0]?.name ?? '' };
    const call = client.makeServerStreamRequest(path, requestSerialize, (bytes) => bytes, request);

    await new Promise((resolve) => call.once('data', resolve));
    call.pause();
    const sent = await settled(() => world.server.counters.read().batchesStreamed);

    expect(sent).toBeLessThan(40);
    call.on('error', () => {});
    call.cancel();
    client.close();
  });
});

describe('a session', () => {
  it('is throttled with the time to wait for', async () => {
    const world = await setup({ tables: TABLES });
    const fault = { kind: 'refuse', code: 'RESOURCE_EXHAUSTED', retryAfterMs: 1500 } as const;
    world.server.faults.add({ on: 'storage.createReadSession', fault });

    const error = await createOnce(world).catch((error: unknown) => error);

    expect(error).toMatchObject({
      code: 8,
      statusDetails: [{ retryDelay: { seconds: { low: 1 }, nanos: 500_000_000 } }],
    });
  });

  it('is refused, and not again', async () => {
    const world = await setup({ tables: TABLES });
    const rules: FaultRule['fault'][] = [
      { kind: 'refuse', code: 'PERMISSION_DENIED', message: 'bigquery.readsessions.create denied' },
      { kind: 'reset' },
    ];
    rules.forEach((fault, skip) => world.server.faults.add({ on: 'storage.createReadSession', skip, fault }));

    await expect(createOnce(world)).rejects.toMatchObject({ code: 7, details: 'bigquery.readsessions.create denied' });
    await expect(createOnce(world)).rejects.toMatchObject({ code: 14 });
    await expect(createOnce(world)).resolves.toBeDefined();
  });
});

describe('a request of REST', () => {
  it('is refused in the words of the service', async () => {
    const { server } = await setup({ tables: TABLES });
    server.faults.add({
      on: 'tables.get',
      about: '/t',
      fault: { kind: 'refuse', code: 'RESOURCE_EXHAUSTED', retryAfterMs: 2000 },
    });
    const address = `${server.restUrl}/bigquery/v2/projects/p/datasets/d/tables/t`;

    const refused = await fetch(address);
    const answered = await fetch(address);

    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(await refused.json()).toEqual({
      error: {
        code: 429,
        message: 'Refused by the replay server: RESOURCE_EXHAUSTED',
        errors: [
          {
            message: 'Refused by the replay server: RESOURCE_EXHAUSTED',
            domain: 'global',
            reason: 'rateLimitExceeded',
          },
        ],
        status: 'RESOURCE_EXHAUSTED',
      },
    });
    expect(answered.status).toBe(200);
  });

  it('is reset, cut off, or left without an answer', async () => {
    const { server } = await setup({ tables: TABLES });
    const address = `${server.restUrl}/bigquery/v2/projects/p/datasets/d/tables`;
    for (const kind of ['reset', 'truncate', 'stall'] as const)
      server.faults.add({
        on: 'tables.list',
        skip: kind === 'reset' ? 0 : kind === 'truncate' ? 1 : 2,
        fault: { kind },
      });

    await expect(fetch(address)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    const cut = await fetch(address);
    await expect(cut.text()).rejects.toThrow('terminated');
    await expect(fetch(address, { signal: AbortSignal.timeout(200) })).rejects.toMatchObject({ name: 'TimeoutError' });
    expect((await fetch(address)).status).toBe(200);
  });

  it('takes its time, and tells a wrong number of rows', async () => {
    const { server } = await setup({ tables: TABLES });
    server.faults.add({ on: 'tabledata.list', times: 1, fault: { kind: 'latency', ms: 60_000 } });
    server.faults.add({ on: 'tabledata.list', skip: 1, fault: { kind: 'wrong-row-count', by: -1 } });
    const address = `${server.restUrl}/bigquery/v2/projects/p/datasets/d/tables/t/data?maxResults=2`;

    const late = fetch(address, { signal: AbortSignal.timeout(200) });
    await expect(late).rejects.toMatchObject({ name: 'TimeoutError' });
    const reply = await fetch(address);

    expect(await reply.json()).toMatchObject({ totalRows: '9999', rows: { length: 2 } });
  });
});

describe('the counters', () => {
  it('count requests by method, rows, and messages, until they are reset', async () => {
    const world = await setup({ tables: TABLES });
    const session = await openSession(world, 'd.t');
    const { responses } = await readStream(world, session);

    const counts = world.server.counters.read();
    world.server.counters.reset();

    expect(counts).toMatchObject({
      requests: { 'storage.createReadSession': 1, 'storage.readRows': 1 },
      totalRequests: 2,
      rowsStreamed: rowsOf(tableOf(session, responses)).length,
      batchesStreamed: 10,
      streamsCancelled: 0,
    });
    expect(counts.bytesStreamed).toBeGreaterThan(1e6);
    expect(world.server.counters.read()).toMatchObject({ totalRequests: 0, rowsStreamed: 0 });
  });
});

/** A client that does not try again by itself. */
function createOnce({ storage }: World): Promise<unknown> {
  const readSession = { table: 'projects/p/datasets/d/tables/t', dataFormat: 'ARROW' as const };
  return storage.createReadSession({ parent: 'projects/p', readSession }, { retry: null });
}

/** The value of a counter when it has stopped growing. */
async function settled(read: () => number): Promise<number> {
  let last = -1;
  await expect
    .poll(
      () => {
        const before = last;
        last = read();
        return last > 0 && last === before;
      },
      { interval: 300, timeout: 20_000 },
    )
    .toBe(true);
  return last;
}
