/** What every look at the queues promises. */
import { describe, expect, it } from 'vitest';
import type { JobQueue } from '../../src/ports/job-queue.ts';
import { type QueueWatch, readyJobs, type QueueLook } from '../../src/ports/queue-watch.ts';

export const WATCHED = 'work';

export interface QueueWatchSetup {
  readonly watch: QueueWatch;
  readonly queue: JobQueue;
  readonly pause: () => Promise<void>;
}

const never = new AbortController().signal;

export function describeQueueWatch(name: string, setup: () => Promise<QueueWatchSetup>): void {
  describe(`${name} as a look at the queues`, () => {
    it('finds nothing in a queue that nobody has used', async () => {
      const { watch } = await setup();

      const { queues, keeper } = await watch.look();

      expect(queues).toEqual([
        {
          queue: WATCHED,
          isPaused: false,
          restMs: 0,
          throttledMs: 0,
          jobs: { waiting: 0, prioritized: 0, due: 0, delayed: 0, active: 0, parents: 0, completed: 0, failed: 0 },
          oldestMs: 0,
        },
      ]);
      expect(keeper.memoryBytes).toBeGreaterThan(0);
    });

    it('counts jobs that wait, are due and are delayed, and names the next one', async () => {
      const { watch, queue } = await setup();
      await queue.enqueue(WATCHED, [request('due', 1), request('later', 3_600_000)], never);
      await queue.enqueue(WATCHED, [request('first'), request('second')], never);

      const look = await lookUntil(watch, ({ jobs }) => jobs.due === 1);

      expect(look.jobs).toMatchObject({ waiting: 2, due: 1, delayed: 1 });
      expect(readyJobs(look)).toBe(3);
      expect(['first', 'due']).toContain(look.next);
    });

    it('tells the age of the oldest job that waits, and not of one whose delay is not over', async () => {
      const { watch, queue } = await setup();
      await queue.enqueue(WATCHED, [request('later', 3_600_000)], never);
      const before = await watch.look();
      await queue.enqueue(WATCHED, [request('old')], never);
      const old = await lookUntil(watch, ({ oldestMs }) => oldestMs >= 5);
      await queue.enqueue(WATCHED, [request('new')], never);

      const both = await lookUntil(watch, () => true);

      expect(before.queues[0]?.oldestMs).toBe(0);
      expect(both.oldestMs).toBeGreaterThanOrEqual(old.oldestMs);
    });

    it('counts no job of a paused queue as ready, but still those that wait', async () => {
      const { watch, queue, pause } = await setup();
      await queue.enqueue(WATCHED, [request('a')], never);
      await pause();

      const look = await lookUntil(watch, () => true);

      expect([look.isPaused, look.jobs.waiting, readyJobs(look)]).toEqual([true, 1, 0]);
    });
  });
}

function request(id: string, delayMs = 0) {
  return { id, name: id, payload: {}, ...(delayMs === 0 ? {} : { delayMs }) };
}

async function lookUntil(watch: QueueWatch, isIt: (look: QueueLook) => boolean): Promise<QueueLook> {
  for (;;) {
    const [look] = (await watch.look()).queues;
    if (look !== undefined && isIt(look)) return look;
  }
}
