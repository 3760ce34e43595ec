/** What every keeper of backfills promises. */
import { describe, expect, it } from 'vitest';
import type { JobOutcome } from '../../src/domain/outcome.ts';
import type { Backfills } from '../../src/ports/backfills.ts';
import type { JobQueue, JobReference } from '../../src/ports/job-queue.ts';
import { makeGate } from '../support/gate.ts';

export const QUEUE = 'work';

type Handle = (payload: unknown, context: { readonly jobId: string }) => Promise<JobOutcome>;

export interface BackfillsWorld {
  readonly backfills: Backfills;
  /** A second one on the same records, as another process would have. */
  readonly other: Backfills;
  /** The queue that the jobs are in. */
  readonly queue: JobQueue;
  /** Starts workers. */
  readonly start: (handle: Handle) => Promise<void>;
  readonly until: (isSo: () => Promise<boolean>) => Promise<void>;
}

const never = new AbortController().signal;
const DONE: JobOutcome = { kind: 'skipped', reason: 'nothing was to be done' };
const ID = 'b00000001';
const OTHER_ID = 'b00000002';
const NONE = { published: 0, unchanged: 0, failed: 0, cancelled: 0, gone: 0 };

const jobs = (...ids: string[]): JobReference[] => ids.map((id) => ({ queue: QUEUE, id }));

async function created({ backfills }: BackfillsWorld, id = ID, at = Date.parse('2026-01-15T12:00:00Z')) {
  await backfills.create({ id, at, by: 'ann@host', selection: '--force', estimatedUsd: 1.25 });
}

/** Jobs that joined and were enqueued. */
async function enqueued({ backfills, queue }: BackfillsWorld, ...ids: string[]): Promise<JobReference[]> {
  await backfills.join(ID, jobs(...ids));
  const requests = ids.map((id) => ({ id, name: id, payload: {}, priority: 1, backfill: ID }));
  await queue.enqueue(QUEUE, requests, never);
  return jobs(...ids);
}

async function openIds(backfills: Backfills, id = ID): Promise<string[]> {
  const found: string[] = [];
  for await (const batch of backfills.openJobs(id)) found.push(...batch.map((job) => job.id));
  return found.sort();
}

export function describeBackfills(name: string, setup: () => BackfillsWorld): void {
  describe(`${name} as the keeper of backfills`, () => {
    it('gives back what a backfill was asked for, to every process', async () => {
      const world = setup();
      await created(world);

      const found = await world.other.find(ID);

      expect(found).toMatchObject({
        id: ID,
        at: Date.parse('2026-01-15T12:00:00Z'),
        by: 'ann@host',
        selection: '--force',
        estimatedUsd: 1.25,
        state: 'running',
        isEnqueued: false,
        open: 0,
        running: 0,
        ended: NONE,
        usd: 0,
      });
    });

    it('makes no second backfill of the same id', async () => {
      const world = setup();
      const asked = { id: ID, at: 1, by: 'ann', selection: '' };

      const made = [await world.backfills.create(asked), await world.other.create({ ...asked, by: 'bob' })];

      expect(made).toEqual([true, false]);
      expect(await world.backfills.find(ID)).toMatchObject({ by: 'ann' });
    });

    it('lists the newest first', async () => {
      const world = setup();
      await created(world, ID, 1_000);
      await created(world, OTHER_ID, 2_000);

      const listed = await world.backfills.list();

      expect(listed.map(({ id }) => id)).toEqual([OTHER_ID, ID]);
    });

    it('counts each job until its first end, and the cost', async () => {
      const world = setup();
      await created(world);
      const [a, b, c] = await enqueued(world, 'a', 'b', 'c');
      if (a === undefined || b === undefined || c === undefined) throw new Error('three were enqueued');

      await world.backfills.end(ID, [a], { end: 'published', usd: 0.25 });
      await world.other.end(ID, [a], { end: 'failed', usd: 0.25 });
      await world.other.end(ID, [b], { end: 'failed' });
      await world.backfills.end(ID, jobs('stranger'), { end: 'published', usd: 1 });
      await world.backfills.complete(ID);

      expect(await world.backfills.find(ID)).toMatchObject({
        open: 1,
        ended: { ...NONE, published: 1, failed: 1 },
        usd: 0.25,
        isEnqueued: true,
      });
      expect(await openIds(world.other)).toEqual(['c']);
    });

    it('takes thousands of jobs, and gives them all', async () => {
      const world = setup();
      await created(world);
      const ids = Array.from({ length: 2_500 }, (_, index) => `job-${index}`);

      await world.backfills.join(ID, jobs(...ids));

      expect(await openIds(world.backfills)).toEqual(ids.sort());
    });

    it('takes jobs back that were not enqueued, and forgets a backfill without any', async () => {
      const world = setup();
      await created(world);
      await world.backfills.join(ID, jobs('a'));

      const state = await world.backfills.leave(ID, jobs('a'));
      await world.backfills.complete(ID);

      expect([state, await world.backfills.find(ID), await world.backfills.list()]).toEqual(['running', undefined, []]);
    });

    it('lets no job join a cancelled backfill, which stays cancelled', async () => {
      const world = setup();
      await created(world);

      const states = [await world.backfills.setState(ID, 'cancelled'), await world.other.setState(ID, 'running')];
      const joined = await world.other.join(ID, jobs('a'));

      expect([...states, joined]).toEqual(['cancelled', 'cancelled', 'cancelled']);
      expect(await openIds(world.backfills)).toEqual([]);
    });

    it.for(['b99999999', 'index', '', 'b0000000*'])('knows no backfill %j', async (id) => {
      const { backfills } = setup();

      const answers = [
        await backfills.find(id),
        await backfills.join(id, jobs('a')),
        await backfills.leave(id, jobs('a')),
        await backfills.setState(id, 'paused'),
        await backfills.end(id, jobs('a'), { end: 'published', usd: 1 }),
        await backfills.complete(id),
      ];

      expect(answers.every((answer) => answer === undefined)).toBe(true);
      expect([await openIds(backfills, id), await backfills.list()]).toEqual([[], []]);
    });

    it('starts no job while it is paused, and all of them afterwards', async () => {
      const world = setup();
      await created(world);
      const ours = await enqueued(world, 'a', 'b', 'c');
      await world.backfills.setState(ID, 'paused');
      const held = await world.backfills.align(ID, ours);
      await world.queue.enqueue(QUEUE, [{ id: 'continuous', name: 'continuous', payload: {} }], never);
      const ran: string[] = [];
      await world.start(async (_payload, { jobId }) => {
        ran.push(jobId);
        return DONE;
      });

      await world.until(async () => ran.length > 0);
      await world.until(async () => (await world.queue.counts(QUEUE)).active === 0);
      const whilePaused = [...ran];
      await world.other.setState(ID, 'running');
      const released = await world.other.align(ID, ours);
      await world.until(async () => (await world.queue.counts(QUEUE)).completed === 4);

      expect([held, whilePaused, released]).toEqual([3, ['continuous'], 3]);
      expect(ran.sort()).toEqual(['a', 'b', 'c', 'continuous']);
    });

    it('holds a job that waits for another try, and leaves a running one alone', async () => {
      const world = setup();
      const gate = makeGate();
      await created(world);
      const requests = [
        { id: 'later', name: 'later', payload: {}, priority: 1, delayMs: 60_000, backfill: ID },
        { id: 'runs', name: 'runs', payload: {}, priority: 1, backfill: ID },
      ];
      await world.backfills.join(ID, jobs('later', 'runs'));
      await world.queue.enqueue(QUEUE, requests, never);
      let hasBegun = false;
      await world.start(async () => {
        hasBegun = true;
        await gate.passed;
        return DONE;
      });
      // A job that a worker has taken may still be held until its handler begins.
      await world.until(async () => hasBegun && (await world.backfills.find(ID))?.running === 1);

      await world.backfills.setState(ID, 'paused');
      const moves = [
        await world.backfills.align(ID, jobs('later', 'runs')),
        await world.other.align(ID, jobs('later', 'runs')),
      ];
      gate.open();

      await world.until(async () => (await world.queue.counts(QUEUE)).completed === 1);
      expect(moves).toEqual([1, 0]);
      expect(await world.queue.find(QUEUE, ['later', 'runs'], never)).toMatchObject([
        { state: 'delayed' },
        { state: 'completed' },
      ]);
    });

    it('moves no job of another backfill, or of none', async () => {
      const world = setup();
      await created(world);
      await world.queue.enqueue(
        QUEUE,
        [
          { id: 'theirs', name: 'theirs', payload: {}, priority: 1, backfill: OTHER_ID },
          { id: 'none', name: 'none', payload: {}, priority: 1 },
        ],
        never,
      );
      await world.backfills.setState(ID, 'paused');

      const moved = await world.backfills.align(ID, jobs('theirs', 'none', 'missing'));

      expect([moved, (await world.queue.counts(QUEUE)).waiting]).toEqual([0, 2]);
    });

    it('starts no job of a paused backfill that was enqueued afterwards, and ends those of a cancelled one', async () => {
      const world = setup();
      await created(world);
      await created(world, OTHER_ID);
      await world.backfills.join(ID, jobs('p'));
      await world.backfills.join(OTHER_ID, jobs('c'));
      await world.backfills.setState(ID, 'paused');
      await world.backfills.setState(OTHER_ID, 'cancelled');
      const ran: string[] = [];
      await world.start(async (_payload, { jobId }) => {
        ran.push(jobId);
        return DONE;
      });

      await world.queue.enqueue(
        QUEUE,
        [
          { id: 'p', name: 'p', payload: {}, priority: 1, backfill: ID },
          { id: 'c', name: 'c', payload: {}, priority: 1, backfill: OTHER_ID },
        ],
        never,
      );
      await world.until(async () => {
        const { delayed, failed } = await world.queue.counts(QUEUE);
        return delayed === 1 && failed === 1;
      });

      const found = await world.queue.find(QUEUE, ['p', 'c'], never);
      const before = [...ran];
      await world.backfills.setState(ID, 'running');
      await world.backfills.align(ID, jobs('p'));
      await world.until(async () => ran.length > 0);

      expect(found).toMatchObject([
        { state: 'delayed', attempts: 0 },
        { state: 'failed', failure: { code: 'CANCELLED' } },
      ]);
      expect([before, ran]).toEqual([[], ['p']]);
    });
  });
}
