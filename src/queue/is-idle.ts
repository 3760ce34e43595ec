import type { Queue } from 'bullmq';

/** Whether a queue has nothing waiting, running or delayed, but for the next run that each repeating job keeps ready. */
export async function isIdle(queue: Queue): Promise<boolean> {
  const [counts, repeating] = await Promise.all([queue.getJobCounts(), queue.getJobSchedulersCount()]);
  const { waiting = 0, prioritized = 0, active = 0, delayed = 0, 'waiting-children': parents = 0 } = counts;
  return waiting + prioritized + active + parents === 0 && delayed <= repeating;
}
