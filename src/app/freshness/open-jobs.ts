/** Jobs of files that have not ended, in a few commands while there are none. */
import type { IndexedFile } from '../../domain/freshness/file-entry.ts';
import { slugForId } from '../../jobs/experiment-id.ts';
import { FILE_QUEUES, QUEUE_OF_PRODUCT } from '../../jobs/job-kinds.ts';
import type { JobQueue, KnownJob, OpenJob } from '../../ports/job-queue.ts';

/** Of more jobs of a queue, the others are only known to wait: each of these costs commands. */
const MOST_READ = 500;

export type FileJob = Pick<KnownJob, 'state'> & Partial<KnownJob>;

export async function openJobs(
  queue: Pick<JobQueue, 'openIds' | 'find'>,
  signal: AbortSignal,
): Promise<(file: IndexedFile) => FileJob | undefined> {
  const jobs = new Map<string, FileJob>();
  for (const name of FILE_QUEUES) {
    const ids = await queue.openIds(name, signal);
    // The queue lists running jobs last.
    const [others, read] = [ids.slice(0, -MOST_READ), ids.slice(-MOST_READ)];
    for (const id of others) jobs.set(keyOf(name, id), { state: 'waiting' });
    for (const job of await queue.find(name, read, signal)) {
      const key = keyOf(name, job.id);
      const isOpen = job.state === 'active' || job.state === 'waiting' || job.state === 'delayed';
      if (isOpen && jobs.get(key)?.state !== 'active') jobs.set(key, job);
    }
  }
  return lookUp(jobs);
}

/** The same in one command a queue, without the jobs themselves. */
export async function openJobsAtAGlance(
  queue: Pick<JobQueue, 'openJobs'>,
  signal: AbortSignal,
): Promise<(file: IndexedFile) => (OpenJob & { readonly queue: string }) | undefined> {
  const jobs = new Map<string, OpenJob & { readonly queue: string }>();
  for (const name of FILE_QUEUES) {
    for (const job of await queue.openJobs(name, signal)) {
      const key = keyOf(name, job.id);
      // The queue lists running jobs first, then those that are next.
      if (!jobs.has(key)) jobs.set(key, { ...job, queue: name });
    }
  }
  return lookUp(jobs);
}

function lookUp<Job>(jobs: ReadonlyMap<string, Job>): (file: IndexedFile) => Job | undefined {
  // Names need not be made into ids while nothing waits.
  if (jobs.size === 0) return () => undefined;
  return ({ product, experiment, period }) => {
    const parts = [slugForId(experiment), ...(period === undefined ? [] : [period])];
    return jobs.get(`${QUEUE_OF_PRODUCT[product]} ${parts.join('.')}`);
  };
}

/** Ids begin with the experiment and, for statistics, the period; then comes the version. */
function keyOf(queue: string, id: string): string {
  const parts = id.split('.').slice(0, queue === QUEUE_OF_PRODUCT.statistics ? 2 : 1);
  return `${queue} ${parts.join('.')}`;
}
