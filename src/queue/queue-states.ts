/** How many jobs each queue holds, and whether it is paused. */
import { JOB_KINDS } from '../jobs/job-kinds.ts';
import type { JobQueue, QueueCounts } from '../ports/job-queue.ts';

export interface QueueState extends QueueCounts {
  readonly isPaused: boolean;
}

/** By queue name. */
export type QueueStates = Readonly<Record<string, QueueState>>;

export async function queueStates(queue: JobQueue): Promise<QueueStates> {
  const states = await Promise.all(
    JOB_KINDS.map(async ({ queue: name }) => {
      const [counts, isPaused] = await Promise.all([queue.counts(name), queue.isPaused(name)]);
      return [name, { ...counts, isPaused }] as const;
    }),
  );
  return Object.fromEntries(states);
}
