/** How many jobs each queue holds, and whether it is paused. */
import { JOB_KINDS } from '../jobs/job-kinds.ts';
import type { JobQueue, QueueCounts } from '../ports/job-queue.ts';

/** By queue name. */
export type QueueStates = Readonly<Record<string, QueueCounts>>;

export async function queueStates(queue: JobQueue): Promise<QueueStates> {
  const states = await Promise.all(JOB_KINDS.map(async ({ queue: name }) => [name, await queue.counts(name)] as const));
  return Object.fromEntries(states);
}
