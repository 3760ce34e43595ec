/** Work that is divided: parts run as jobs of their own, and the whole goes on when they have ended. */
import { onTestFinished, expect, it } from 'vitest';
import { z } from 'zod';
import { ContrailError } from '../../../src/domain/errors.ts';
import type { JobOutcome } from '../../../src/domain/outcome.ts';
import type { JobContext } from '../../../src/jobs/job-handler.ts';
import type { JobKind } from '../../../src/jobs/job-kind.ts';
import { BullmqJobQueue } from '../../../src/queue/bullmq-job-queue.ts';
import type { FinishedEvent } from '../../../src/queue/worker-events.ts';
import { startWorkerPool } from '../../../src/queue/worker-pool.ts';
import { recordedLog } from '../../support/recorded-log.ts';
import { freshRedis } from '../../support/redis.ts';
import { makeSignal } from '../../support/signal.ts';

const retry = { attempts: 3, firstDelayMs: 5, longestDelayMs: 20 };
const WHOLE: JobKind<unknown> = { queue: 'whole', payload: z.unknown(), retry, concurrency: 2 };
const PART: JobKind<unknown> = { queue: 'part', payload: z.unknown(), retry, concurrency: 2 };
const DONE: JobOutcome = { kind: 'skipped', reason: 'joined' };
const never = new AbortController().signal;

interface Handlers {
  readonly whole: (context: JobContext) => Promise<JobOutcome>;
  readonly part: (payload: unknown, context: JobContext) => Promise<JobOutcome>;
}

async function setup({ whole, part }: Handlers) {
  const redis = freshRedis();
  const kinds = [WHOLE, PART];
  const queue = new BullmqJobQueue({ ...redis, kinds });
  const finished = makeSignal<FinishedEvent>();
  const startPool = async (queues: readonly string[]) => {
    const pool = await startWorkerPool({
      ...redis,
      kinds,
      handlers: [
        { kind: WHOLE, handle: (_payload, context) => whole(context) },
        { kind: PART, handle: part },
      ],
      queues,
      log: recordedLog(),
      onFinished: (event) => finished.tell(event),
    });
    onTestFinished(() => pool.stop());
    return pool;
  };
  onTestFinished(() => queue.close());
  await queue.enqueue('whole', [{ id: 'all', name: 'all', payload: {} }], never);
  return {
    startPool,
    whole: async () => {
      await finished.next((event) => event.queue === 'whole');
      return (await queue.find('whole', ['all'], never))[0];
    },
  };
}

function divided(count: number, attempt = 1): JobOutcome {
  const parts = Array.from({ length: count }, (_, index) => ({
    id: `all.${attempt}.${index}`,
    name: `part ${index}`,
    payload: { index },
  }));
  return { kind: 'divided', queue: 'part', parts, state: { note: 'mine' } };
}

it('goes on with the results of its parts, whichever worker did them', async () => {
  const seen: unknown[] = [];
  const { startPool, whole } = await setup({
    whole: async ({ divided: ended }) => {
      if (ended === undefined) return divided(5);
      seen.push(ended.state, ...ended.parts);
      return DONE;
    },
    part: async (payload) => ({ kind: 'part', summary: payload }),
  });

  await startPool(['whole']);
  await startPool(['part']);

  expect(await whole()).toMatchObject({ state: 'completed', result: DONE, attempts: 1 });
  expect(seen).toEqual([
    { note: 'mine' },
    ...[0, 1, 2, 3, 4].map((index) => ({
      id: `all.1.${index}`,
      result: { kind: 'part', summary: { index } },
    })),
  ]);
});

it('does a part again that failed, and that part alone', async () => {
  const attempts: string[] = [];
  const { startPool, whole } = await setup({
    whole: async ({ divided: ended }) => (ended === undefined ? divided(3) : DONE),
    part: async (_payload, { jobId, attempt }) => {
      attempts.push(`${jobId} ${attempt}`);
      if (jobId === 'all.1.1' && attempt === 1) throw new ContrailError('SERVICE_UNAVAILABLE', 'Away.');
      return { kind: 'part', summary: null };
    },
  });

  await startPool(['whole', 'part']);

  expect(await whole()).toMatchObject({ state: 'completed' });
  expect(attempts.toSorted()).toEqual(['all.1.0 1', 'all.1.1 1', 'all.1.1 2', 'all.1.2 1']);
});

it('hears of a part that failed for good, and may divide anew', async () => {
  const failures: unknown[] = [];
  const { startPool, whole } = await setup({
    whole: async ({ divided: ended, attempt }) => {
      if (ended === undefined) return divided(2);
      const failed = ended.parts.filter((part) => part.failure !== undefined);
      failures.push(...failed);
      if (failed.length > 0 && attempt === 1) throw new ContrailError('SOURCE_CHANGED', 'Gone.');
      return failed.length > 0 ? divided(1, attempt) : DONE;
    },
    part: async (_payload, { jobId }) => {
      if (jobId === 'all.1.0') throw new ContrailError('VALUE_INVALID', 'It cannot be written.');
      return { kind: 'part', summary: null };
    },
  });

  await startPool(['whole', 'part']);

  expect(await whole()).toMatchObject({ state: 'completed', result: DONE });
  expect(failures[0]).toMatchObject({
    id: 'all.1.0',
    failure: { class: 'content', code: 'VALUE_INVALID', message: 'It cannot be written.' },
  });
});
