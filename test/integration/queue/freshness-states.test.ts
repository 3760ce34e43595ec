import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { VirtualClock } from '../../../src/adapters/memory/virtual-clock.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';
import { indexedStates } from '../../../src/app/freshness/indexed-states.ts';
import { ANALYSIS_PERIODS } from '../../../src/domain/analysis-period.ts';
import type { FileNote } from '../../../src/domain/freshness/file-note.ts';
import { JOB_KINDS } from '../../../src/jobs/job-kinds.ts';
import { STATISTICS_JOB, statisticsJobId } from '../../../src/jobs/statistics-job.ts';
import { BullmqJobQueue } from '../../../src/queue/bullmq/job-queue.ts';
import { RedisFreshnessIndex } from '../../../src/queue/bullmq/redis-freshness-index.ts';
import { queueStates } from '../../../src/queue/queue-states.ts';
import { startTestRedis } from '../../support/own-redis.ts';
import { freshRedis, type TestRedis } from '../../support/redis.ts';

const NOW = Date.parse('2026-01-15T12:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const never = new AbortController().signal;
const VERSION = new Date(NOW - 8 * HOUR).toISOString();

interface World {
  readonly experiments: number;
  readonly scannedAt?: number;
  readonly redis?: TestRedis;
}

async function setup({ experiments, scannedAt = NOW, redis = freshRedis() }: World) {
  const index = new RedisFreshnessIndex(redis);
  const queue = new BullmqJobQueue({ ...redis, kinds: JOB_KINDS, clock: systemClock, random: systemRandom });
  const direct = new Redis(redis.redisUrl);
  onTestFinished(async () => {
    index.close();
    direct.disconnect();
    await queue.close();
  });
  const pass = await index.begin();
  const notes = Array.from({ length: experiments }, (_, n) =>
    ANALYSIS_PERIODS.map((period): FileNote => ({
      kind: 'seen',
      file: { product: 'statistics', experiment: `slug-${n}`, period },
      pass: pass.number,
      source: { version: VERSION, changedAt: NOW - 8 * HOUR, seenAt: NOW },
    })),
  ).flat();
  await index.note(notes, pass);
  await index.finish(pass, { at: scannedAt, unread: [] });
  const reading = {
    index,
    queue,
    clock: new VirtualClock(NOW),
    lagMs: 6 * HOUR,
    scanIntervalMs: MINUTE,
  };
  return { redis, index, queue, direct, states: () => indexedStates(reading, never) };
}

describe('the states of files from the index in Redis', () => {
  it('cost twenty commands with those of the queues, however many files there are', async () => {
    // Its own: a monitor fails at its start when other tests send commands in that moment.
    const { url: redisUrl } = await startTestRedis();
    const { redis, queue, direct, states } = await setup({ experiments: 500, redis: { redisUrl, prefix: 'own' } });
    await states();
    await queueStates(queue);
    const monitor = await direct.monitor();
    onTestFinished(() => monitor.disconnect());
    const commands: string[] = [];
    const ended = new Promise<void>((resolve) =>
      monitor.on('monitor', (_time: string, words: string[], source: string) => {
        if (words[1] === `${redis.prefix}:end`) resolve();
        else if (source !== 'lua' && words.some((word) => word.includes(redis.prefix))) commands.push(words.join(' '));
      }),
    );

    const found = await states();
    await queueStates(queue);
    await direct.get(`${redis.prefix}:end`);
    await ended;

    expect(found.kind === 'states' ? found.files.length : 0).toBe(3_000);
    // MULTI and EXEC name no key.
    expect(commands.length + 2).toBeLessThanOrEqual(20);
  });

  it('tell which files have a job that waits, also a forced one', async () => {
    const { queue, states } = await setup({ experiments: 3 });
    const subject = (experiment: string) => ({ experiment, period: 'weekly' as const, sourceVersion: VERSION });
    const request = (id: string) => ({ id, name: id, payload: {} });
    await queue.enqueue(
      STATISTICS_JOB.queue,
      [request(statisticsJobId(subject('slug-0'))), request(statisticsJobId(subject('slug-1'), 'nonce'))],
      never,
    );

    const found = await states();

    const queued = found.kind === 'states' ? found.files.filter(({ state }) => state === 'queued') : [];
    expect(queued).toMatchObject(
      ['slug-0', 'slug-1'].map((experiment) => ({ experiment, period: 'weekly', behind: 'never' })),
    );
  });

  it('are not given when the last scan is too long ago', async () => {
    const { states } = await setup({ experiments: 1, scannedAt: NOW - 16 * MINUTE });

    expect(await states()).toEqual({ kind: 'old', at: NOW - 16 * MINUTE });
  });
});
