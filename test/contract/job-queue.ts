/** What every job queue promises, whatever keeps the jobs. */
import { describe, expect, it } from 'vitest';
import { ContrailError } from '../../src/domain/errors.ts';
import type { JobOutcome } from '../../src/domain/outcome.ts';
import type { JobQueue, JobRequest } from '../../src/ports/job-queue.ts';

/** The queue every implementation must know, with at least two attempts for its jobs. */
export const QUEUE = 'work';

type Handle = (payload: unknown, context: { jobId: string; attempt: number }) => Promise<JobOutcome>;

export interface JobQueueSetup {
  readonly queue: JobQueue;
  /** A second one on the same jobs, as another process would have. */
  readonly other: JobQueue;
  /** Runs the jobs that wait until none is left to run now; a snoozed job stays behind. */
  readonly work: (handle: Handle) => Promise<void>;
  /** Pauses the queue as the board does, and resumes it. */
  readonly pause: () => Promise<void>;
  readonly resume: () => Promise<void>;
}

const DONE: JobOutcome = { kind: 'skipped', reason: 'there was nothing to do' };
const never = new AbortController().signal;

function request(id: string, payload: unknown = { step: 1 }): JobRequest {
  return { id, name: `name of ${id}`, payload };
}

export function describeJobQueue(name: string, setup: () => Promise<JobQueueSetup>): void {
  describe(`${name} as a job queue`, () => {
    it('keeps what it is asked to enqueue, and waits', async () => {
      const { queue } = await setup();

      const result = await queue.enqueue(QUEUE, [request('a', { step: 7 }), request('b')], never);

      expect(result).toEqual({ added: ['a', 'b'], known: [] });
      expect(await queue.counts(QUEUE)).toMatchObject({ waiting: 2, active: 0, delayed: 0, completed: 0, failed: 0 });
      const [job] = await queue.find(QUEUE, ['a'], never);
      expect(job).toMatchObject({
        id: 'a',
        queue: QUEUE,
        name: 'name of a',
        state: 'waiting',
        payload: { step: 7 },
        attempts: 0,
      });
      expect(job).not.toHaveProperty('failure');
      expect(job).not.toHaveProperty('finishedAt');
    });

    it('leaves a waiting job of the same id alone and says that it is known', async () => {
      const { queue, other } = await setup();
      await queue.enqueue(QUEUE, [request('a', { step: 1 })], never);

      const result = await other.enqueue(QUEUE, [request('a', { step: 2 }), request('b')], never);

      expect(result).toEqual({ added: ['b'], known: ['a'] });
      expect(await queue.find(QUEUE, ['a'], never)).toMatchObject([{ payload: { step: 1 } }]);
    });

    it('takes an id that is asked for twice at once as one job', async () => {
      const { queue } = await setup();

      const result = await queue.enqueue(QUEUE, [request('a'), request('a')], never);

      expect(result).toEqual({ added: ['a'], known: [] });
      expect(await queue.counts(QUEUE)).toMatchObject({ waiting: 1 });
    });

    it('says that completed and failed jobs are known and does not run them again', async () => {
      const { queue, work } = await setup();
      await queue.enqueue(QUEUE, [request('good'), request('bad')], never);
      await work(goodOrBad);

      const result = await queue.enqueue(QUEUE, [request('good'), request('bad')], never);

      expect(result).toEqual({ added: [], known: ['good', 'bad'] });
      expect(await queue.counts(QUEUE)).toMatchObject({ waiting: 0, completed: 1, failed: 1 });
    });

    it('adds each job once when two ask for the same jobs at once', async () => {
      const { queue, other } = await setup();
      const requests = Array.from({ length: 50 }, (_, index) => request(`job-${index}`));

      const results = await Promise.all([
        queue.enqueue(QUEUE, requests, never),
        other.enqueue(QUEUE, requests.toReversed(), never),
      ]);

      const added = results.flatMap((result) => result.added);
      expect(added.toSorted()).toEqual(requests.map(({ id }) => id).toSorted());
      expect(results.flatMap((result) => result.known)).toHaveLength(50);
    });

    it('takes thousands of jobs in one call', async () => {
      const { queue } = await setup();
      const requests = Array.from({ length: 2_500 }, (_, index) => request(`job-${index}`));

      const result = await queue.enqueue(QUEUE, requests, never);

      expect(result.added).toHaveLength(2_500);
      expect(await queue.counts(QUEUE)).toMatchObject({ waiting: 2_500 });
      expect(
        await queue.find(
          QUEUE,
          requests.map(({ id }) => id),
          never,
        ),
      ).toHaveLength(2_500);
    });

    it('takes a job that has nothing to say', async () => {
      const { queue } = await setup();

      const result = await queue.enqueue(
        QUEUE,
        [request('a', null), { id: 'b', name: 'b', payload: undefined }],
        never,
      );

      expect(result).toEqual({ added: ['a', 'b'], known: [] });
      expect(await queue.find(QUEUE, ['a', 'b'], never)).toMatchObject([{ payload: null }, { payload: null }]);
    });

    it('does nothing for nothing', async () => {
      const { queue } = await setup();

      expect(await queue.enqueue(QUEUE, [], never)).toEqual({ added: [], known: [] });
      expect(await queue.find(QUEUE, [], never)).toEqual([]);
      expect(await queue.list(QUEUE, ['waiting'], 0)).toEqual([]);
    });

    it('refuses an id that holds a colon or only digits', async () => {
      const { queue } = await setup();

      for (const id of ['a:b', 'a:b:c', '123', '']) {
        await expect(queue.enqueue(QUEUE, [request(id)], never)).rejects.toThrow('cannot be the id of a job');
      }
    });

    it('enqueues nothing when it was told to stop', async () => {
      const { queue } = await setup();

      const act = queue.enqueue(QUEUE, [request('a')], AbortSignal.abort());

      await expect(act).rejects.toThrow('aborted');
      expect(await queue.find(QUEUE, ['a'], never)).toEqual([]);
    });

    it('finds only the jobs that are there', async () => {
      const { queue } = await setup();
      await queue.enqueue(QUEUE, [request('a')], never);

      const found = await queue.find(QUEUE, ['nobody', 'a'], never);

      expect(found.map(({ id }) => id)).toEqual(['a']);
    });

    it('finds which of many jobs have ended, as it shows them one by one, and which are gone', async () => {
      const { queue, work } = await setup();
      const later = Array.from({ length: 1_200 }, (_, index) => request(`later-${index}`));
      await queue.enqueue(QUEUE, [request('good'), request('bad')], never);
      await work(goodOrBad);
      await queue.enqueue(QUEUE, later, never);
      const ids = ['gone', ...later.map(({ id }) => id), 'bad', 'good', 'good', 'never-there'];

      const { ended, gone } = await queue.findEnded(QUEUE, ids, never);

      const shown = await queue.find(QUEUE, ['bad', 'good'], never);
      expect(ended.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(shown);
      expect(gone.toSorted()).toEqual(['gone', 'never-there']);
    });

    it('does not find a job that was renewed among those that have ended', async () => {
      const { queue, work } = await setup();
      await queue.enqueue(QUEUE, [request('bad')], never);
      await work(goodOrBad);
      await queue.renew(QUEUE, [request('bad')], never);

      expect(await queue.findEnded(QUEUE, ['bad'], never)).toEqual({ ended: [], gone: [] });
      expect(await queue.findEnded(QUEUE, [], never)).toEqual({ ended: [], gone: [] });
    });

    it('shows the outcome of a completed job', async () => {
      const { queue, work } = await setup();
      await queue.enqueue(QUEUE, [request('good')], never);

      await work(goodOrBad);

      const [job] = await queue.find(QUEUE, ['good'], never);
      expect(job).toMatchObject({ state: 'completed', result: DONE, attempts: 1, finishedAt: expect.any(Number) });
      expect(job).not.toHaveProperty('failure');
    });

    it('shows class, code and sentence of what made a job fail', async () => {
      const { queue, work } = await setup();
      await queue.enqueue(QUEUE, [request('bad')], never);

      await work(goodOrBad);

      const [job] = await queue.find(QUEUE, ['bad'], never);
      expect(job).toMatchObject({
        state: 'failed',
        attempts: 1,
        finishedAt: expect.any(Number),
        failure: { class: 'content', code: 'RESULTS_MISSING', message: 'No table: it\nis gone. Make one.', rounds: 1 },
      });
      expect(job).not.toHaveProperty('result');
    });

    it('tries a transient failure again and fails when the attempts are used up', async () => {
      const { queue, work } = await setup();
      await queue.enqueue(QUEUE, [request('bad')], never);
      const attempts: number[] = [];

      await work(async (_payload, { attempt }) => {
        attempts.push(attempt);
        throw new ContrailError('WAREHOUSE_BUSY', 'Busy.');
      });

      expect(attempts).toEqual(attempts.map((_, index) => index + 1));
      expect(attempts.length).toBeGreaterThan(1);
      expect(await queue.find(QUEUE, ['bad'], never)).toMatchObject([
        { state: 'failed', attempts: attempts.length, failure: { class: 'transient', code: 'WAREHOUSE_BUSY' } },
      ]);
    });

    it('keeps a snoozed job delayed without charging an attempt', async () => {
      const { queue, work } = await setup();
      await queue.enqueue(QUEUE, [request('later')], never);

      await work(async () => ({ kind: 'snoozed', reason: 'not yet', delayMs: 60_000 }));

      expect(await queue.find(QUEUE, ['later'], never)).toMatchObject([{ state: 'delayed', attempts: 0 }]);
      expect(await queue.counts(QUEUE)).toMatchObject({ delayed: 1, waiting: 0, completed: 0 });
    });

    it('renews finished jobs, with the new payload, and counts their failed rounds', async () => {
      const { queue, work } = await setup();
      await queue.enqueue(QUEUE, [request('good'), request('bad')], never);
      await work(goodOrBad);

      const result = await queue.renew(QUEUE, [request('good', { step: 2 }), request('bad', { step: 2 })], never);

      expect(result).toEqual({ added: ['good', 'bad'], known: [] });
      const renewed = await queue.find(QUEUE, ['good', 'bad'], never);
      const fresh = { state: 'waiting', attempts: 0, payload: { step: 2 } };
      expect(renewed).toMatchObject([fresh, fresh]);
      await work(goodOrBad);
      expect(await queue.find(QUEUE, ['good', 'bad'], never)).toMatchObject([
        { state: 'completed' },
        { state: 'failed', failure: { rounds: 2 } },
      ]);
    });

    it('forgets the failed rounds once a job has ended well', async () => {
      const { queue, work } = await setup();
      await queue.enqueue(QUEUE, [request('bad')], never);
      await work(goodOrBad);
      await queue.renew(QUEUE, [request('bad')], never);
      await work(async () => DONE);
      await queue.renew(QUEUE, [request('bad')], never);

      await work(goodOrBad);

      expect(await queue.find(QUEUE, ['bad'], never)).toMatchObject([{ failure: { rounds: 1 } }]);
    });

    it('leaves a job that is not finished alone when asked to renew it', async () => {
      const { queue, work } = await setup();
      await queue.enqueue(QUEUE, [request('waiting'), request('later')], never);
      await work(async (_payload, { jobId }) =>
        jobId === 'later' ? { kind: 'snoozed', reason: 'not yet', delayMs: 60_000 } : DONE,
      );
      await queue.enqueue(QUEUE, [request('fresh')], never);

      const result = await queue.renew(QUEUE, [request('fresh', { step: 2 }), request('later', { step: 2 })], never);

      expect(result).toEqual({ added: [], known: ['fresh', 'later'] });
      expect(await queue.find(QUEUE, ['fresh', 'later'], never)).toMatchObject([
        { state: 'waiting', payload: { step: 1 } },
        { state: 'delayed', payload: { step: 1 } },
      ]);
    });

    it('adds a job that is not kept when asked to renew it', async () => {
      const { queue } = await setup();

      const result = await queue.renew(QUEUE, [request('a')], never);

      expect(result).toEqual({ added: ['a'], known: [] });
      expect(await queue.find(QUEUE, ['a'], never)).toMatchObject([{ state: 'waiting' }]);
    });

    it('renews each job once when two ask for it at once', async () => {
      const { queue, other, work } = await setup();
      const requests = Array.from({ length: 20 }, (_, index) => request(`bad-${index}`));
      await queue.enqueue(QUEUE, requests, never);
      await work(goodOrBad);

      const results = await Promise.all([queue.renew(QUEUE, requests, never), other.renew(QUEUE, requests, never)]);

      expect(results.flatMap(({ added }) => added).toSorted()).toEqual(requests.map(({ id }) => id).toSorted());
      expect(await queue.counts(QUEUE)).toMatchObject({ waiting: 20, failed: 0 });
      await work(goodOrBad);
      const rounds = (
        await queue.find(
          QUEUE,
          requests.map(({ id }) => id),
          never,
        )
      ).map((job) => job.failure?.rounds);
      expect(rounds).toEqual(requests.map(() => 2));
    });

    it('lists the newest jobs of the states asked for, and no more than asked for', async () => {
      const { queue, work } = await setup();
      await queue.enqueue(QUEUE, [request('bad')], never);
      await work(goodOrBad);
      for (const id of ['first', 'second', 'third']) await queue.enqueue(QUEUE, [request(id)], never);

      const waiting = await queue.list(QUEUE, ['waiting'], 2);
      const failed = await queue.list(QUEUE, ['failed', 'completed'], 10);
      const all = await queue.list(QUEUE, ['waiting', 'failed'], 10);

      expect(waiting.map(({ id }) => id)).toEqual(['third', 'second']);
      expect(failed.map(({ id, state }) => ({ id, state }))).toEqual([{ id: 'bad', state: 'failed' }]);
      expect(all.map(({ id }) => id)).toEqual(['third', 'second', 'first', 'bad']);
    });

    it('tells a paused queue, with its waiting jobs or none, until it is resumed', async () => {
      const { queue, other, pause, resume } = await setup();

      await pause();
      const emptyOne = await other.counts(QUEUE);
      await queue.enqueue(QUEUE, [request('a')], never);
      const whilePaused = await queue.counts(QUEUE);
      await resume();

      expect(emptyOne).toMatchObject({ isPaused: true, paused: 0 });
      expect(whilePaused).toMatchObject({ isPaused: true, waiting: 0, paused: 1 });
      expect(await queue.counts('elsewhere')).toMatchObject({ isPaused: false });
      expect(await queue.counts(QUEUE)).toMatchObject({ isPaused: false, waiting: 1, paused: 0 });
    });

    it('keeps the jobs of one queue out of another', async () => {
      const { queue } = await setup();
      await queue.enqueue(QUEUE, [request('a')], never);

      expect(await queue.find('elsewhere', ['a'], never)).toEqual([]);
      expect(await queue.counts('elsewhere')).toMatchObject({ waiting: 0 });
    });

    it('may be closed twice', async () => {
      const { queue } = await setup();
      await queue.enqueue(QUEUE, [request('a')], never);

      await queue.close();

      await expect(queue.close()).resolves.toBeUndefined();
    });
  });
}

async function goodOrBad(_payload: unknown, { jobId }: { jobId: string }): Promise<JobOutcome> {
  if (!jobId.startsWith('bad')) return DONE;
  throw new ContrailError('RESULTS_MISSING', 'No table: it\nis gone.', { hint: 'Make one.' });
}
