import type { Queue } from 'bullmq';
import { type Deployment, isForeign } from '../domain/deployment.ts';
import { readEnvelope } from './job-envelope.ts';

const PAGE = 500;

/**
 * Whether a queue has nothing waiting, running or delayed, but for the next run that each repeating job keeps ready, and
 * for jobs of other deployments that wait for a worker of their own.
 */
export async function isIdle(queue: Queue, deployment?: Deployment): Promise<boolean> {
  const [counts, repeating] = await Promise.all([queue.getJobCounts(), queue.getJobSchedulersCount()]);
  const { waiting = 0, prioritized = 0, active = 0, delayed = 0, 'waiting-children': parents = 0 } = counts;
  if (waiting + prioritized + active + parents > 0) return false;
  return delayed <= repeating || delayed - (await foreignDelayed(queue, deployment)) <= repeating;
}

async function foreignDelayed(queue: Queue, deployment: Deployment | undefined): Promise<number> {
  if (deployment === undefined) return 0;
  let count = 0;
  for (let start = 0; ; start += PAGE) {
    const jobs = await queue.getDelayed(start, start + PAGE - 1);
    count += jobs.filter((job) => isForeign(readEnvelope(job.data).deployment, deployment)).length;
    if (jobs.length < PAGE) return count;
  }
}
