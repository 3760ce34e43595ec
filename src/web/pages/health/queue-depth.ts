/** How many jobs of a queue wait, and which queues let nobody take them. */
import type { QueueLook } from '../../../ports/queue-watch.ts';

/** Jobs that a free worker could take, were the queue not paused. */
export function waitingJobs({ jobs }: Pick<QueueLook, 'jobs'>): number {
  return jobs.waiting + jobs.prioritized + jobs.due;
}

export function pausedQueues(queues: readonly QueueLook[]): ReadonlySet<string> {
  return new Set(queues.filter(({ isPaused }) => isPaused).map(({ queue }) => queue));
}
