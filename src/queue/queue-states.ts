/** How many jobs each queue holds, and whether it is paused. */
import { JOB_KINDS } from '../jobs/job-kinds.ts';
import type { JobQueue, QueueCounts } from '../ports/job-queue.ts';
import type { WatchedQueues } from '../ports/queue-watch.ts';

/** By queue name. */
export type QueueStates = Readonly<Record<string, QueueCounts>>;

export async function queueStates(queue: JobQueue): Promise<QueueStates> {
  const states = await Promise.all(JOB_KINDS.map(async ({ queue: name }) => [name, await queue.counts(name)] as const));
  return Object.fromEntries(states);
}

/** The same from one look at all of them. */
export function statesOfLook({ queues }: WatchedQueues): QueueStates {
  return Object.fromEntries(
    queues.map(({ queue, isPaused, jobs }) => {
      const waiting = jobs.waiting + jobs.prioritized + jobs.parents;
      const { active, completed, failed } = jobs;
      const counts = { active, delayed: jobs.due + jobs.delayed, completed, failed, isPaused };
      return [queue, { ...counts, waiting: isPaused ? 0 : waiting, paused: isPaused ? waiting : 0 }];
    }),
  );
}

export function hasOpenJobs(counts: QueueCounts | undefined): boolean {
  return counts !== undefined && counts.waiting + counts.paused + counts.active + counts.delayed > 0;
}
