/** What becomes of jobs, whatever keeps them: delays, retries, rests, divisions, lost workers, cancellation. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Deployment, deploymentAt } from '../../src/domain/deployment.ts';
import { ContrailError } from '../../src/domain/errors.ts';
import type { JobOutcome, PartRequest } from '../../src/domain/outcome.ts';
import type { JobContext } from '../../src/ports/job-handler.ts';
import type { JobQueue, JobRequest, KnownJob } from '../../src/ports/job-queue.ts';
import type { PoolOptions } from '../../src/queue/pool-options.ts';
import type {
  FailureEvent,
  FinishedEvent,
  OutcomeEvent,
  ParkedEvent,
  ThrottledEvent,
} from '../../src/queue/worker-events.ts';
import { abortOf, makeGate } from '../support/gate.ts';

/** The queues every implementation must know: three attempts each, 20 ms apart at first, 40 at most. */
export const WORK_QUEUE = 'work';
export const PARTS_QUEUE = 'parts';

export type Handle = (payload: unknown, context: JobContext) => Promise<JobOutcome>;

export interface Pool {
  cancel(queue: string, jobIds: readonly string[]): string[];
  stop(): Promise<void>;
}

export interface QueuedWorkSetup {
  readonly queue: JobQueue;
  /** The same jobs, as producers of that deployment see them. */
  readonly queueOf: (deployment: Deployment) => JobQueue;
  /** Workers in a process of their own, as it were; they end with the test. */
  readonly start: (handlers: Partial<Record<string, Handle>>, options?: Partial<PoolOptions>) => Promise<Pool>;
  /** The time by the clock of the queue. */
  readonly now: () => number;
  /** Lets time pass until it is so. */
  readonly until: (isSo: () => Promise<boolean> | boolean) => Promise<void>;
  /** As if the worker had died that runs the job. */
  readonly loseWorker: (id: string) => Promise<void>;
  readonly pause: () => Promise<void>;
  readonly resume: () => Promise<void>;
  readonly outcomes: OutcomeEvent[];
  readonly failures: FailureEvent[];
  readonly throttled: ThrottledEvent[];
  readonly finished: FinishedEvent[];
}

const DONE: JobOutcome = { kind: 'skipped', reason: 'there was nothing to do' };
const RETRY = { attempts: 3, firstDelayMs: 20, longestDelayMs: 40 };
const DATASETS = { resultsDataset: 'mozanalysis', monitoringDataset: 'monitoring' };
const OURS = deploymentAt({ ...DATASETS, warehouse: 'bigquery://ours', bucket: 'gs://ours' });
const THEIRS = deploymentAt({ ...DATASETS, warehouse: 'bigquery://theirs', bucket: 'gs://theirs' });
const never = new AbortController().signal;

function request(id: string, more: Partial<JobRequest> = {}): JobRequest {
  return { id, name: id, payload: { step: 1 }, ...more };
}

function divided(...names: readonly string[]): JobOutcome {
  const parts = names.map((id): PartRequest => ({ id, name: id, payload: { part: id } }));
  return { kind: 'divided', queue: PARTS_QUEUE, parts, state: { note: 'mine' } };
}

async function setupWith(setup: () => Promise<QueuedWorkSetup>, ...ids: readonly string[]) {
  const world = await setup();
  const { queue, until } = world;
  const job = async (id: string, of = WORK_QUEUE): Promise<KnownJob> => {
    const [found] = await queue.find(of, [id], never);
    if (found === undefined) throw new Error(`no job ${id}`);
    return found;
  };
  const hasState = (id: string, state: KnownJob['state'], of = WORK_QUEUE) =>
    until(async () => (await job(id, of)).state === state);
  const requests = ids.map((id) => request(id));
  if (requests.length > 0) await queue.enqueue(WORK_QUEUE, requests, never);
  return { ...world, job, hasState };
}

export function describeQueuedWork(name: string, makeWorld: () => Promise<QueuedWorkSetup>): void {
  const setup = (...ids: readonly string[]) => setupWith(makeWorld, ...ids);

  describe(`work on the queue of ${name}`, () => {
    it('begins a delayed job no earlier than it may', async () => {
      const { queue, start, job, hasState, now } = await setup();
      const begun: number[] = [];
      await queue.enqueue(WORK_QUEUE, [request('later', { delayMs: 150 }), request('now')], never);
      const before = await job('later');

      await start({
        [WORK_QUEUE]: async (_payload, { jobId }) => {
          if (jobId === 'later') begun.push(now());
          return DONE;
        },
      });
      await hasState('now', 'completed');
      await hasState('later', 'completed');

      expect(before.state).toBe('delayed');
      expect((begun[0] ?? 0) - before.enqueuedAt).toBeGreaterThanOrEqual(150);
    });

    it('begins jobs without a priority before those with one, and smaller ones first, also when they are tried again', async () => {
      const { queue, start, hasState } = await setup();
      const begun: string[] = [];
      const requests = [
        request('large', { priority: 20 }),
        request('small', { priority: 1 }),
        request('medium', { priority: 7 }),
        request('fresh'),
      ];
      await queue.enqueue(WORK_QUEUE, requests, never);

      await start(
        {
          [WORK_QUEUE]: async (_payload, { jobId, attempt }) => {
            begun.push(jobId);
            if (jobId === 'small') await queue.enqueue(WORK_QUEUE, [request('fresher')], never);
            if (jobId === 'medium' && attempt === 1) throw new ContrailError('SERVICE_UNAVAILABLE', 'Away.');
            return DONE;
          },
        },
        { concurrency: 1 },
      );
      await hasState('large', 'completed');
      await hasState('medium', 'completed');

      expect(begun.slice(0, 4)).toEqual(['fresh', 'small', 'fresher', 'medium']);
      expect(begun.slice(4).toSorted()).toEqual(['large', 'medium']);
    });

    it('tries again what may pass by itself, after a while, until the attempts are used up', async () => {
      const { start, hasState, job, failures, outcomes, finished } = await setup('a');
      const attempts: string[] = [];

      await start({
        [WORK_QUEUE]: async (_payload, { attempt, attempts: all }) => {
          attempts.push(`${attempt} of ${all}`);
          throw new ContrailError('SERVICE_UNAVAILABLE', 'Away.');
        },
      });
      await hasState('a', 'failed');

      expect(attempts).toEqual(['1 of 3', '2 of 3', '3 of 3']);
      expect(failures.map(({ attempt, final }) => [attempt, final])).toEqual([
        [1, false],
        [2, false],
        [3, true],
      ]);
      expect(outcomes).toEqual([]);
      expect(finished).toMatchObject([{ queue: WORK_QUEUE, jobId: 'a', state: 'failed' }]);
      expect(await job('a')).toMatchObject({ attempts: 3, failure: { code: 'SERVICE_UNAVAILABLE', rounds: 1 } });
    });

    it('fails at once what no retry can mend, also a payload that is not readable', async () => {
      const { queue, start, hasState, failures } = await setup('a');
      await queue.enqueue(WORK_QUEUE, [request('broken', { payload: 'text' })], never);

      await start({
        [WORK_QUEUE]: async () => {
          throw new ContrailError('RESULTS_MISSING', 'No table.');
        },
      });
      await hasState('a', 'failed');
      await hasState('broken', 'failed');

      const told = failures.map(({ jobId, attempt, final, error }) => `${jobId} ${attempt} ${final} ${error.code}`);
      expect(told.toSorted()).toEqual(['a 1 true RESULTS_MISSING', 'broken 1 true PAYLOAD_INVALID']);
    });

    it('does jobs of two versions at once', async () => {
      const { queue, start, hasState, outcomes } = await setup();
      const payloads = [1, 2].map((version) => ({ version, step: version }));
      const done: unknown[] = [];
      await queue.enqueue(
        WORK_QUEUE,
        payloads.map((payload) => request(`v${payload.version}`, { payload })),
        never,
      );

      await start({
        [WORK_QUEUE]: async (payload) => {
          done.push(payload);
          return DONE;
        },
      });
      await hasState('v1', 'completed');
      await hasState('v2', 'completed');

      expect(done).toEqual(expect.arrayContaining(payloads));
      expect(outcomes).toHaveLength(2);
    });

    it('puts a job of an unknown version off, with the reason, at no attempt’s cost, and does others meanwhile', async () => {
      const { queue, start, until, hasState, job, outcomes, failures } = await setup();
      const parked: ParkedEvent[] = [];
      await queue.enqueue(WORK_QUEUE, [request('new', { payload: { version: 3, name: 'x' } }), request('a')], never);

      await start({ [WORK_QUEUE]: async () => DONE }, { onParked: (event) => void parked.push(event) });
      await hasState('a', 'completed');
      await until(() => parked.length >= 2);
      await hasState('new', 'delayed');

      const reason = expect.stringContaining('does not know version 3 of the payloads of the queue work');
      expect(await job('new')).toMatchObject({ state: 'delayed', attempts: 0, parked: { reason } });
      expect(parked[0]).toEqual({ queue: WORK_QUEUE, jobId: 'new', reason });
      expect([outcomes.length, failures]).toEqual([1, []]);
    });

    it('leaves a parked job to a worker that knows it', async () => {
      const { queue, start, until, hasState, job } = await setup();
      let isKnown = false;
      const parked: ParkedEvent[] = [];
      await queue.enqueue(WORK_QUEUE, [request('late', { payload: { version: 3 } })], never);
      const old = await start({ [WORK_QUEUE]: async () => DONE }, { onParked: (event) => void parked.push(event) });
      await until(() => parked.length > 0);
      await hasState('late', 'delayed');
      await old.stop();

      const kinds = [
        { queue: WORK_QUEUE, payload: z.object({ version: z.literal(3) }), subject: () => undefined, retry: RETRY },
      ];
      const handle = async (): Promise<JobOutcome> => {
        if (isKnown) return DONE;
        isKnown = true;
        throw new ContrailError('SERVICE_UNAVAILABLE', 'Away.');
      };
      const handlers = kinds.map((kind) => ({ kind, handle }));
      await start({}, { kinds, handlers, queues: [WORK_QUEUE] });
      await until(() => isKnown);
      await until(async () => (await job('late')).parked === undefined);
      await hasState('late', 'completed');

      expect(await job('late')).toMatchObject({ state: 'completed', attempts: 2 });
    });

    it('replaces a parked job when it is renewed, and no other one that waits', async () => {
      const { queue, start, until, hasState, job, outcomes } = await setup();
      const parked: ParkedEvent[] = [];
      const later = request('later', { delayMs: 60_000 });
      await queue.enqueue(WORK_QUEUE, [request('a', { payload: { version: 9 } }), later], never);
      const options = { parking: { firstDelayMs: 60_000, longestDelayMs: 60_000 } };
      await start({ [WORK_QUEUE]: async () => DONE }, { ...options, onParked: (event) => void parked.push(event) });
      await until(async () => (await job('a')).parked !== undefined);

      const renewed = await queue.renew(WORK_QUEUE, [request('a'), request('later')], never);
      await hasState('a', 'completed');

      expect(renewed).toEqual({ added: ['a'], known: ['later'] });
      expect(outcomes.map(({ jobId, attempt }) => [jobId, attempt])).toEqual([['a', 1]]);
      expect((await job('later')).state).toBe('delayed');
    });

    it('takes a snoozed job up again when its time has come, as the same attempt', async () => {
      const { start, hasState, job, outcomes, failures } = await setup('a');
      const attempts: number[] = [];

      await start({
        [WORK_QUEUE]: async (_payload, { attempt }) => {
          attempts.push(attempt);
          return attempts.length < 4 ? { kind: 'snoozed', reason: 'not yet', delayMs: 10 } : DONE;
        },
      });
      await hasState('a', 'completed');

      expect(attempts).toEqual([1, 1, 1, 1]);
      expect(outcomes).toMatchObject([{ jobId: 'a', outcome: DONE }]);
      expect(failures).toEqual([]);
      expect(await job('a')).toMatchObject({ attempts: 1, result: DONE });
    });

    it('rests the whole queue for a service that asks for fewer requests, and charges nothing', async () => {
      const { start, hasState, job, throttled, failures, now } = await setup('a', 'b');
      const begun: { readonly jobId: string; readonly attempt: number; readonly at: number }[] = [];

      await start(
        {
          [WORK_QUEUE]: async (_payload, { jobId, attempt }) => {
            begun.push({ jobId, attempt, at: now() });
            if (begun.length === 1) throw new ContrailError('THROTTLED', 'Slower, please.');
            return DONE;
          },
        },
        { concurrency: 1, throttle: { firstDelayMs: 200, longestDelayMs: 200 } },
      );
      await hasState('a', 'completed');
      await hasState('b', 'completed');

      const [first, second] = begun;
      expect(begun.map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
      // BullMQ counts a rest in its own steps; half of it is what chance leaves at least.
      expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(95);
      expect(throttled).toMatchObject([{ jobId: first?.jobId, times: 1 }]);
      expect(throttled[0]?.restMs).toBeGreaterThanOrEqual(100);
      expect(failures).toEqual([]);
      expect((await job('a')).attempts + (await job('b')).attempts).toBe(2);
    });

    it('gives a job up that was throttled for too long', async () => {
      const { start, hasState, job, failures, throttled } = await setup('a');

      await start(
        {
          [WORK_QUEUE]: async () => {
            throw new ContrailError('THROTTLED', 'Slower, please.');
          },
        },
        { throttle: { firstDelayMs: 2, longestDelayMs: 2 }, throttleLimitMs: 1 },
      );
      await hasState('a', 'failed');

      expect(throttled.map(({ times }) => times)).toEqual([1, 2, 3, 4]);
      expect(failures).toMatchObject([{ attempt: 1, final: true, error: { code: 'THROTTLED_TOO_LONG' } }]);
      expect(await job('a')).toMatchObject({ attempts: 1, failure: { class: 'environment' } });
    });

    it('goes on with divided work when its parts have ended, well or not, whichever worker did them', async () => {
      const { queue, start, until, hasState, job, outcomes } = await setup('whole');
      const seen: unknown[] = [];
      await start({
        [WORK_QUEUE]: async (_payload, { divided: ended, attempt }) => {
          if (ended === undefined) return divided('whole.0', 'whole.1', 'whole.2');
          seen.push(attempt, ended.state, ...ended.parts);
          return DONE;
        },
      });
      await until(async () => (await queue.counts(PARTS_QUEUE)).waiting === 3);
      const whileWaiting = await job('whole');

      await start({
        [PARTS_QUEUE]: async (payload, { jobId }) => {
          if (jobId === 'whole.1') throw new ContrailError('VALUE_INVALID', 'It cannot be written.');
          return { kind: 'part', summary: payload };
        },
      });
      await hasState('whole', 'completed');

      expect(whileWaiting).toMatchObject({ attempts: 0 });
      expect(seen).toMatchObject([
        1,
        { note: 'mine' },
        { id: 'whole.0', result: { kind: 'part', summary: { part: 'whole.0' } } },
        { id: 'whole.1', failure: { class: 'content', code: 'VALUE_INVALID', message: 'It cannot be written.' } },
        { id: 'whole.2', result: { kind: 'part', summary: { part: 'whole.2' } } },
      ]);
      expect(await job('whole')).toMatchObject({ attempts: 1, result: DONE });
      expect(outcomes.filter(({ queue }) => queue === WORK_QUEUE)).toMatchObject([{ outcome: DONE }]);
    });

    it('keeps the parts through a failure, until it is told to forget them', async () => {
      const { start, hasState } = await setup('whole');
      const seen: unknown[] = [];

      await start({
        [WORK_QUEUE]: async (_payload, { divided: ended, attempt }) => {
          seen.push(ended?.parts.map(({ id }) => id));
          if (ended === undefined) return attempt === 1 ? divided('whole.1') : DONE;
          if (attempt === 2) ended.forget();
          throw new ContrailError('SOURCE_CHANGED', 'Gone.');
        },
        [PARTS_QUEUE]: async () => ({ kind: 'part', summary: null }),
      });
      await hasState('whole', 'completed');

      expect(seen).toEqual([undefined, ['whole.1'], ['whole.1'], undefined]);
    });

    it('refuses a part that no worker has made, without handing it out', async () => {
      const { queue, start, hasState, job } = await setup();
      const handled: string[] = [];
      await queue.enqueue(PARTS_QUEUE, [request('by-hand')], never);

      await start({
        [PARTS_QUEUE]: async (_payload, { jobId }) => {
          handled.push(jobId);
          return DONE;
        },
      });
      await hasState('by-hand', 'failed', PARTS_QUEUE);

      expect(handled).toEqual([]);
      expect(await job('by-hand', PARTS_QUEUE)).toMatchObject({ failure: { code: 'PAYLOAD_INVALID' } });
    });

    it('does a job again whose worker was lost, as the same attempt, and lets the late one change nothing', async () => {
      const { start, until, hasState, job, loseWorker, failures, finished } = await setup('a');
      const release = makeGate();
      const attempts: number[] = [];
      let isFirstOver = false;

      await start({
        [WORK_QUEUE]: async (_payload, { attempt, signal }) => {
          attempts.push(attempt);
          if (attempts.length > 1) return DONE;
          await abortOf(signal);
          await release.passed;
          isFirstOver = true;
          return { kind: 'skipped', reason: 'too late' };
        },
      });
      await until(() => attempts.length === 1);
      await loseWorker('a');
      // In one process the second attempt waits for the first to end.
      release.open();
      await hasState('a', 'completed');

      expect(isFirstOver).toBe(true);
      expect(attempts).toEqual([1, 1]);
      expect(failures).toEqual([]);
      expect(finished).toHaveLength(1);
      expect(await job('a')).toMatchObject({ attempts: 1, result: DONE });
    });

    it('fails a job for good that ended as many workers as are allowed', async () => {
      const { start, until, hasState, job, loseWorker, failures } = await setup('a');
      let begun = 0;

      await start(
        {
          [WORK_QUEUE]: async (_payload, { signal }) => {
            begun += 1;
            throw await abortOf(signal);
          },
        },
        { crashLimit: 2 },
      );
      for (const crash of [1, 2]) {
        await until(() => begun === crash);
        await loseWorker('a');
      }
      await hasState('a', 'failed');

      expect(begun).toBe(2);
      expect(await job('a')).toMatchObject({ failure: { class: 'content', code: 'JOB_CRASHED' } });
      expect(failures).toMatchObject([{ final: true, error: { code: 'JOB_CRASHED' } }]);
    });

    it('ends a running job for good that is cancelled, and no other', async () => {
      const { start, until, hasState, job, failures, outcomes, finished } = await setup('a', 'b');
      const release = makeGate();
      const reasons: unknown[] = [];
      const begun: string[] = [];

      const pool = await start({
        [WORK_QUEUE]: async (_payload, { jobId, signal }) => {
          begun.push(jobId);
          if (jobId === 'b') await release.passed;
          else {
            reasons.push(await abortOf(signal));
            throw signal.reason;
          }
          return DONE;
        },
      });
      await until(() => begun.length === 2);
      const elsewhere = pool.cancel(PARTS_QUEUE, ['a']);
      const cancelled = pool.cancel(WORK_QUEUE, ['a', 'unknown']);
      await hasState('a', 'failed');
      release.open();
      await hasState('b', 'completed');

      expect([elsewhere, cancelled]).toEqual([[], ['a']]);
      expect(reasons).toMatchObject([{ code: 'ABORTED', message: 'The job was cancelled.' }]);
      expect(begun).toHaveLength(2);
      expect(await job('a')).toMatchObject({ attempts: 1, failure: { class: 'usage', code: 'CANCELLED', rounds: 1 } });
      expect(failures).toMatchObject([{ jobId: 'a', final: true, error: { code: 'CANCELLED' } }]);
      expect(outcomes).toMatchObject([{ jobId: 'b' }]);
      expect(finished.map(({ jobId, state }) => `${jobId} ${state}`).toSorted()).toEqual(['a failed', 'b completed']);
    });

    it('lets a cancelled job that ends well all the same be done, and no cancelled one be snoozed', async () => {
      const { start, until, hasState, job } = await setup('good', 'snoozes');
      let begun = 0;

      const pool = await start({
        [WORK_QUEUE]: async (_payload, { jobId, signal }) => {
          begun += 1;
          await abortOf(signal);
          return jobId === 'good' ? DONE : { kind: 'snoozed', reason: 'not yet', delayMs: 1 };
        },
      });
      await until(() => begun === 2);
      pool.cancel(WORK_QUEUE, ['good', 'snoozes']);
      await hasState('good', 'completed');
      await hasState('snoozes', 'failed');

      expect(begun).toBe(2);
      expect(await job('snoozes')).toMatchObject({ failure: { code: 'CANCELLED' } });
    });

    it('runs a cancelled job anew once it is renewed', async () => {
      const { queue, start, until, hasState, job } = await setup('a');
      let begun = 0;
      const pool = await start({
        [WORK_QUEUE]: async (_payload, { signal, attempt, failedRounds }) => {
          begun += 1;
          if (begun > 1) return { kind: 'skipped', reason: `attempt ${attempt} after ${failedRounds}` };
          throw await abortOf(signal);
        },
      });
      await until(() => begun === 1);
      pool.cancel(WORK_QUEUE, ['a']);
      await hasState('a', 'failed');

      await queue.renew(WORK_QUEUE, [request('a')], never);
      await hasState('a', 'completed');

      expect(await job('a')).toMatchObject({ result: { reason: 'attempt 1 after 1' } });
    });

    it('ends waiting and delayed jobs that are cancelled, with no worker about', async () => {
      const { queue, job, start, hasState } = await setup('a', 'b');
      await queue.enqueue(WORK_QUEUE, [request('later', { delayMs: 60_000 })], never);
      const begun: string[] = [];

      const cancelled = await queue.cancel(WORK_QUEUE, ['a', 'later', 'unknown'], never);
      const again = await queue.cancel(WORK_QUEUE, ['a'], never);
      await start({
        [WORK_QUEUE]: async (_payload, { jobId }) => {
          begun.push(jobId);
          return DONE;
        },
      });
      await hasState('b', 'completed');

      expect(cancelled).toEqual({ ended: ['a', 'later'], stopping: [], over: ['unknown'] });
      expect(again).toEqual({ ended: [], stopping: [], over: ['a'] });
      expect(await job('a')).toMatchObject({ state: 'failed', failure: { class: 'usage', code: 'CANCELLED' } });
      expect(await job('later')).toMatchObject({ state: 'failed', failure: { code: 'CANCELLED' } });
      expect(begun).toEqual(['b']);
      expect(await queue.openIds(WORK_QUEUE, never)).toEqual([]);
    });

    it('lists the jobs that have not ended: running ones, those that wait in their order, and delayed ones', async () => {
      const { queue, queueOf, start, until } = await setup('running');
      const gate = makeGate();
      await start(
        {
          [WORK_QUEUE]: async (_payload, { progress }) => {
            progress(0.4);
            await gate.passed;
            return DONE;
          },
        },
        { concurrency: 1 },
      );
      await until(async () => (await queue.openJobs(WORK_QUEUE, never))[0]?.progress === 40);
      const requests = [
        request('last', { priority: 9 }),
        request('first'),
        request('second'),
        request('third', { priority: 2 }),
        request('later', { delayMs: 3_600_000 }),
      ];
      await queue.enqueue(WORK_QUEUE, requests, never);
      await queueOf(THEIRS).enqueue(WORK_QUEUE, [request('theirs', { priority: 10 })], never);

      const open = await queueOf(OURS).openJobs(WORK_QUEUE, never);
      const none = await queue.openJobs(PARTS_QUEUE, never);
      gate.open();

      expect(open).toEqual([
        { id: 'running', state: 'active', attempts: 0, progress: 40 },
        { id: 'first', state: 'waiting', attempts: 0, place: 1 },
        { id: 'second', state: 'waiting', attempts: 0, place: 2 },
        { id: 'third', state: 'waiting', attempts: 0, place: 3 },
        { id: 'last', state: 'waiting', attempts: 0, place: 4 },
        { id: 'later', state: 'delayed', attempts: 0 },
      ]);
      expect(none).toEqual([]);
    });

    it('ends a running job that any process cancels, and none that has its id later', async () => {
      const { queue, start, until, hasState, failures, finished } = await setup('a');
      let begun = 0;
      await start({
        [WORK_QUEUE]: async (_payload, { signal }) => {
          begun += 1;
          if (begun > 1) return DONE;
          throw await abortOf(signal);
        },
      });
      await until(() => begun === 1);

      const open = await queue.openIds(WORK_QUEUE, never);
      const cancelled = await queue.cancel(WORK_QUEUE, ['a'], never);
      await hasState('a', 'failed');
      await queue.renew(WORK_QUEUE, [request('a')], never);
      await hasState('a', 'completed');

      expect(open).toEqual(['a']);
      expect(cancelled).toEqual({ ended: [], stopping: ['a'], over: [] });
      expect(failures).toMatchObject([{ jobId: 'a', final: true, error: { code: 'CANCELLED' } }]);
      expect(finished.map(({ state }) => state)).toEqual(['failed', 'completed']);
    });

    it('cancels the parts of a job with it', async () => {
      const { queue, start, until, hasState, job, failures } = await setup('whole');
      const begun: string[] = [];
      await start(
        {
          [WORK_QUEUE]: async () => divided('whole.0', 'whole.1'),
          [PARTS_QUEUE]: async (_payload, { jobId, signal }) => {
            begun.push(jobId);
            throw await abortOf(signal);
          },
        },
        { concurrency: 1 },
      );
      await until(() => begun.length === 1);

      const cancelled = await queue.cancel(WORK_QUEUE, ['whole'], never);
      await hasState('whole', 'failed');

      expect(cancelled).toMatchObject({ stopping: ['whole'] });
      expect(begun).toHaveLength(1);
      expect(await job('whole')).toMatchObject({ failure: { code: 'CANCELLED' } });
      // The part that waits is removed, or a worker that has just become free takes it and ends it at once.
      await until(() => [...begun, 'whole'].every((id) => failures.some(({ jobId }) => jobId === id)));
      const ended = failures.map(({ jobId }) => jobId);
      expect(['whole', 'whole.0', 'whole.1']).toEqual(expect.arrayContaining(ended));
      expect(failures.filter(({ error }) => error.code !== 'CANCELLED')).toEqual([]);
    });

    it('gives running jobs back when it stops, at no attempt’s cost', async () => {
      const { start, until, hasState, job, failures, outcomes } = await setup('a');
      const attempts: number[] = [];
      const handle: Handle = async (_payload, { attempt, signal }) => {
        attempts.push(attempt);
        if (attempts.length > 1) return DONE;
        throw await abortOf(signal);
      };
      const pool = await start({ [WORK_QUEUE]: handle }, { drainDeadlineMs: 20, abortGraceMs: 5_000 });
      await until(() => attempts.length === 1);

      let isStopped = false;
      void pool.stop().then(() => (isStopped = true));
      await until(() => isStopped);
      const givenBack = await job('a');
      await start({ [WORK_QUEUE]: handle });
      await hasState('a', 'completed');

      expect(givenBack).toMatchObject({ state: 'waiting', attempts: 0 });
      expect(attempts).toEqual([1, 1]);
      expect(failures).toEqual([]);
      expect(outcomes).toHaveLength(1);
    });

    it('leaves jobs of another deployment to its own workers, which find them where they were put', async () => {
      const { queueOf, start, until } = await setup();
      const [ours, theirs] = [queueOf(OURS), queueOf(THEIRS)];
      const done: string[] = [];
      const handleAs =
        (name: string): Handle =>
        async (_payload, { jobId }) => {
          done.push(`${name} did ${jobId}`);
          return DONE;
        };
      await theirs.enqueue(WORK_QUEUE, [request('a')], never);
      const found = await ours.find(WORK_QUEUE, ['a'], never);
      const added = await ours.enqueue(WORK_QUEUE, [request('a')], never);

      await start({ [WORK_QUEUE]: handleAs('ours') }, { deployment: OURS });
      await until(async () => (await ours.find(WORK_QUEUE, ['a'], never))[0]?.state === 'completed');
      await until(async () => (await theirs.find(WORK_QUEUE, ['a'], never))[0]?.state === 'delayed');

      const [foreign] = await theirs.find(WORK_QUEUE, ['a'], never);
      const ends = [await ours.findEnded(WORK_QUEUE, ['a'], never), await theirs.findEnded(WORK_QUEUE, ['a'], never)];
      expect(ends).toMatchObject([
        { ended: [{ id: 'a', state: 'completed' }], gone: [] },
        { ended: [], gone: [] },
      ]);
      expect(found).toEqual([]);
      expect(added).toEqual({ added: ['a'], known: [] });
      expect(done).toEqual([`ours did a.${OURS.id.slice(0, 8)}`]);
      expect(foreign).toMatchObject({ id: 'a', attempts: 0 });
    });

    it('begins nothing of a paused queue until it is resumed', async () => {
      const { start, queue, until, hasState, pause, resume } = await setup('a');
      const begun: string[] = [];
      await pause();

      await start({
        [WORK_QUEUE]: async (_payload, { jobId }) => {
          begun.push(jobId);
          return DONE;
        },
        [PARTS_QUEUE]: async () => DONE,
      });
      // The other queue goes on, so the workers are awake.
      await queue.enqueue(PARTS_QUEUE, [request('by-hand')], never);
      await until(async () => (await queue.counts(PARTS_QUEUE)).failed === 1);
      const whilePaused = [...begun];
      await resume();
      await hasState('a', 'completed');

      expect(whilePaused).toEqual([]);
      expect(begun).toEqual(['a']);
    });

    it('shows how far a running job is', async () => {
      const { start, until, hasState, job } = await setup('a');
      const release = makeGate();

      await start({
        [WORK_QUEUE]: async (_payload, { progress }) => {
          progress(0.404);
          await release.passed;
          return DONE;
        },
      });
      await until(async () => (await job('a')).progress === 40);
      release.open();
      await hasState('a', 'completed');

      expect(await job('a')).not.toHaveProperty('progress');
    });
  });
}
