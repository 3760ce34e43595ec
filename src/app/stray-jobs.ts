/** Jobs that wait or run for experiments without any file: they were removed after the jobs were enqueued. */
import { slugForId } from '../jobs/experiment-id.ts';
import { FILE_QUEUES, subjectOf } from '../jobs/job-kinds.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import type { ProductFile } from '../producer/product-plan.ts';
import { hasOpenJobs, type QueueStates } from '../queue/queue-states.ts';

export interface StrayJobs {
  readonly experiment: string;
  readonly jobs: number;
}

/** `known`: the files of all experiments. Queues without open jobs are not asked, and of others only the ids are read. */
export async function findStrayJobs(
  queue: Pick<JobQueue, 'openIds' | 'find'>,
  { known, queues }: { readonly known: readonly ProductFile[]; readonly queues: QueueStates },
  signal: AbortSignal,
): Promise<StrayJobs[]> {
  const busy = FILE_QUEUES.filter((name) => hasOpenJobs(queues[name]));
  if (busy.length === 0) return [];
  const knownIds = new Set(known.map(({ experiment }) => slugForId(experiment)));
  const counts = new Map<string, number>();
  for (const name of busy) {
    const ids = await queue.openIds(name, signal);
    const strays = ids.filter((id) => !knownIds.has(id.slice(0, id.indexOf('.'))));
    for (const { payload } of strays.length === 0 ? [] : await queue.find(name, strays, signal)) {
      const experiment = subjectOf(name, payload)?.experiment;
      if (experiment !== undefined) counts.set(experiment, (counts.get(experiment) ?? 0) + 1);
    }
  }
  return [...counts].map(([experiment, jobs]) => ({ experiment, jobs }));
}
