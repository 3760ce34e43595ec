/** Trouble of the services while an export runs: what is published is whole and right, or it is what was there before. */
import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../support/replay-server/faults.ts';
import { googleWorld, OBJECT, sha256, view } from '../../support/google-world.ts';

/** Enough rows for a stream of several messages. */
const ROWS = 120_000;

async function bytesWithoutTrouble(): Promise<string> {
  const { run, published } = await googleWorld({ tables: [view(ROWS)] });
  const { code, stderr } = await run();
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return sha256(published() ?? Buffer.alloc(0));
}

describe('an export through trouble that passes', () => {
  const passing: [string, FaultRule][] = [
    [
      'a stream that breaks in the middle',
      { on: 'storage.readRows', fault: { kind: 'refuse', code: 'UNAVAILABLE', afterBatches: 2 } },
    ],
    ['a connection that is reset in the middle', { on: 'storage.readRows', fault: { kind: 'reset', afterBatches: 1 } }],
    [
      'a query that is answered with 500',
      { on: 'jobs.query', fault: { kind: 'refuse', code: 'INTERNAL', httpStatus: 500 } },
    ],
    [
      'a query that is answered with 503',
      { on: 'jobs.query', fault: { kind: 'refuse', code: 'UNAVAILABLE', httpStatus: 503 } },
    ],
    ['a query whose answer is cut off', { on: 'jobs.query', fault: { kind: 'truncate' } }],
  ];

  it('gives the same bytes', async () => {
    const expected = await bytesWithoutTrouble();

    for (const [name, fault] of passing) {
      const { run, replay, published } = await googleWorld({ tables: [view(ROWS)] });
      replay.faults.add(fault);
      const { code, stderr } = await run();

      expect({ name, code, stderr }).toMatchObject({ code: 0 });
      expect(sha256(published() ?? Buffer.alloc(0)), name).toBe(expected);
    }
  }, 90_000);
});

describe('an export through trouble that stays', () => {
  const staying: [string, FaultRule, string][] = [
    [
      'another row count than promised',
      { on: ['jobs.query', 'jobs.getQueryResults'], times: 'all', fault: { kind: 'wrong-row-count', by: 1 } },
      'rows',
    ],
    [
      'streams that end early',
      { on: 'storage.readRows', times: 'all', fault: { kind: 'truncate' } },
      'it ended after 0 of',
    ],
    [
      'throttling',
      {
        on: 'jobs.query',
        times: 'all',
        fault: { kind: 'refuse', code: 'RESOURCE_EXHAUSTED', httpStatus: 429, reason: 'rateLimitExceeded' },
      },
      'too many requests',
    ],
  ];

  it.each(staying)('publishes nothing, and leaves the old file whole: %s', async (_name, fault, text) => {
    const { run, replay, storage, published, logged } = await googleWorld({ tables: [view(ROWS)] });
    const old = storage.bucket.put(OBJECT, Buffer.from('["old"]'));
    replay.faults.add(fault);

    const { code, stderr } = await run();

    expect({ code, stderr }).toMatchObject({ code: 1 });
    expect(stderr).toContain(text);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(published()).toEqual(old.bytes);
    expect([...storage.bucket.objects.keys()]).toEqual([OBJECT]);
    expect(logged()).toMatchObject([
      { log_level: 'ERROR', experiment: 'my-slug', message: expect.stringContaining(text) },
    ]);
  });

  it("waits out throttling in the queue, at no attempt's cost", async () => {
    const { contrail, start, replay, published } = await googleWorld({ tables: [view(10)] });
    await contrail('backfill', '--product', 'statistics');
    replay.faults.add({
      on: 'jobs.query',
      about: 'ORDER BY',
      times: 4,
      fault: { kind: 'refuse', code: 'RESOURCE_EXHAUSTED', httpStatus: 429, reason: 'rateLimitExceeded' },
    });

    const worker = start('worker', '--drain');
    const { code, stderr } = await worker.ended;

    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(published()).toBeDefined();
    const runs = replay.rowsOf('monitoring.export_runs_v1').filter((row) => row['product'] === 'statistics');
    expect(runs.map((row) => Number(row['attempt']))).toEqual(runs.map(() => 1));
    expect(runs.at(-1)).toMatchObject({ outcome: 'published' });
  });

  it('tells of each attempt in the record of runs, and of the failure in the log', async () => {
    const { contrail, start, storage, replay, published, logged } = await googleWorld({ tables: [view(ROWS)] });
    const old = storage.bucket.put(OBJECT, Buffer.from('["old"]'));
    await contrail('backfill', '--product', 'statistics');
    replay.faults.add({ on: 'storage.readRows', times: 6, fault: { kind: 'truncate' } });

    const worker = start('worker', '--drain');
    await worker.says(/"msg":"job failed"/);
    const afterFailure = published();
    const { code, stderr } = await worker.ended;

    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(afterFailure).toEqual(old.bytes);
    const runs = replay.rowsOf('monitoring.export_runs_v1').filter((row) => row['product'] === 'statistics');
    expect(runs.map((row) => [Number(row['attempt']), row['outcome']])).toEqual([
      [1, 'retrying'],
      [2, 'published'],
    ]);
    expect(logged().map((row) => row['log_level'])).toEqual(['ERROR']);
    expect(published()).not.toEqual(old.bytes);
  });
});
