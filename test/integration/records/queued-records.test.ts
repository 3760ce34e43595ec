import { Redis } from 'ioredis';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { FileRecordSpool } from '../../../src/adapters/filesystem/record-spool.ts';
import { MemoryRecordSink } from '../../../src/adapters/memory/record-sink.ts';
import { JOB_KINDS } from '../../../src/jobs/job-kinds.ts';
import { RecordsPayload } from '../../../src/jobs/records-job.ts';
import type { RecordBatch } from '../../../src/ports/record-sink.ts';
import { BullmqJobQueue } from '../../../src/queue/bullmq/job-queue.ts';
import { RedisRecordStage } from '../../../src/queue/bullmq/redis-record-stage.ts';
import { QueuedRecords } from '../../../src/workers/records/queued-records.ts';
import { handleRecordsJob } from '../../../src/workers/records/records-handler.ts';
import { temporaryFolder } from '../../support/duckdb.ts';
import { recordedLog } from '../../support/recorded-log.ts';
import { freshRedis } from '../../support/redis.ts';
import { SYSTEM } from '../../support/system.ts';

const HOUR_MS = 3_600_000;
const { signal } = new AbortController();
const batch = (id: string, message = id): RecordBatch => ({
  id,
  table: 'logs',
  rows: [{ message, timestamp: '2026-01-15T12:00:00Z' }],
});

function setup({ windowMs = 60_000 } = {}) {
  const redis = freshRedis();
  const log = recordedLog();
  const sink = new MemoryRecordSink();
  const queue = new BullmqJobQueue({ ...SYSTEM, ...redis, kinds: JOB_KINDS });
  const stage = new RedisRecordStage({ ...redis, windowMs });
  const spool = new FileRecordSpool({ folder: temporaryFolder(), log });
  const records = new QueuedRecords({ stage, queue, spool, sink, clock: systemClock, log });
  const client = new Redis(redis.redisUrl);
  onTestFinished(async () => {
    records.close();
    stage.close();
    await queue.close();
    client.disconnect();
  });
  const context = {
    jobId: 'job',
    attempt: 1,
    attempts: 1,
    signal,
    enqueuedAt: 0,
    waitedMs: 0,
    failedRounds: 0,
    progress: () => undefined,
    log: () => undefined,
  };
  return {
    log,
    sink,
    queue,
    stage,
    records,
    messages: () => sink.rows('logs').map((row) => JSON.stringify(row['message'])),
    /** Does the jobs that were asked for, as a worker would. */
    work: async () => {
      for (const job of await queue.list('records', ['waiting', 'delayed'], 100)) {
        await handleRecordsJob({ stage, sink, dataset: 'monitoring' }, RecordsPayload.parse(job.payload), context);
      }
    },
    /** What a Redis without its data is like. */
    loseRedis: async () => {
      const keys = await client.keys(`${redis.prefix}:*`);
      if (keys.length > 0) await client.del(...keys);
    },
  };
}

afterEach(() => vi.useRealTimers());

describe('records on their way', () => {
  it.each([HOUR_MS, -HOUR_MS])(
    'have their job as soon as their window is over, by a clock %d ms off too',
    async (offMs) => {
      const { records, queue } = setup({ windowMs: 20 });
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + offMs });

      await records.append(batch('a'));

      await vi.waitFor(async () => {
        expect(await queue.list('records', ['waiting'], 10)).toHaveLength(1);
      }, 10_000);
      expect(await queue.list('records', ['delayed'], 10)).toEqual([]);
    },
  );

  it('are written once though Redis loses them before their window is over', async () => {
    const { records, messages, work, loseRedis } = setup();
    await records.append(batch('a'));
    await records.append(batch('b'));

    await loseRedis();
    await records.recover(signal);
    await records.flush(signal);
    await work();

    expect(messages().toSorted((a, b) => a.localeCompare(b))).toEqual(['"a"', '"b"']);
  });

  it('are not written again when Redis loses what it knew of a window that was written', async () => {
    const { records, messages, work, loseRedis } = setup();
    await records.append(batch('a'));
    await records.flush(signal);
    await work();

    await loseRedis();
    await records.recover(signal);
    await records.flush(signal);
    await work();

    expect(messages()).toEqual(['"a"']);
  });

  it('come without halves of characters, so that none of them holds up the others', async () => {
    const { records, messages, work } = setup();
    await records.append(batch('a', 'half \ud800'));
    await records.append(batch('b'));

    await records.flush(signal);
    await work();

    expect(messages().toSorted((a, b) => a.localeCompare(b))).toEqual(['"b"', '"half \ufffd"']);
  });

  it('are all asked for by a flush, also while their window is open', async () => {
    const { records, messages, work } = setup();
    await records.append(batch('a'));

    const flushed = await records.flush(signal);
    await work();
    const left = await records.flush(signal);

    expect([flushed, left, messages()]).toEqual([1, 0, ['"a"']]);
  });
});
