/** A look at the queues of one process. */
import type { WallClock } from '../../ports/clock.ts';
import type { QueueLook, QueueState, QueueWatch, WatchedQueues } from '../../ports/queue-watch.ts';
import { throttledForMs } from '../../queue/queue-rest.ts';
import type { StoredJob, StoredJobs } from './stored-jobs.ts';

export interface MemoryQueueWatchOptions {
  readonly jobs: StoredJobs;
  readonly queues: readonly string[];
  readonly clock: WallClock;
}

export class MemoryQueueWatch implements QueueWatch {
  readonly #options: MemoryQueueWatchOptions;
  /** What the next looks fail with. */
  failure: Error | undefined;
  /** How often somebody has looked. */
  looks = 0;

  constructor(options: MemoryQueueWatchOptions) {
    this.#options = options;
  }

  async look(): Promise<WatchedQueues> {
    this.looks += 1;
    if (this.failure !== undefined) throw this.failure;
    const { jobs, queues, clock } = this.#options;
    const now = clock.now();
    return {
      queues: queues.map((queue) => lookAt(queue, jobs, now)),
      keeper: { memoryBytes: 1_000_000, memoryLimitBytes: 0 },
    };
  }

  close(): void {}
}

function lookAt(queue: string, stored: StoredJobs, now: number): QueueLook {
  const { jobs, isPaused, throttling } = stored.of(queue);
  const all = [...jobs.values()];
  const count = (state: QueueState) => all.filter((job) => stateOf(job, now) === state).length;
  const lined = all.filter((job) => ['waiting', 'due'].includes(stateOf(job, now)));
  const [next] = [...lined].sort((a, b) => a.order - b.order);
  return {
    queue,
    isPaused,
    restMs: Math.max(0, (throttling?.restsUntil ?? 0) - now),
    throttledMs: throttledForMs(throttling, now),
    jobs: {
      waiting: count('waiting'),
      prioritized: 0,
      due: count('due'),
      delayed: count('delayed'),
      active: count('active'),
      parents: count('parents'),
      completed: count('completed'),
      failed: count('failed'),
    },
    oldestMs: Math.max(0, ...lined.map((job) => now - (job.state === 'delayed' ? job.dueAt : job.enqueuedAt))),
    ...(next === undefined ? {} : { next: next.id }),
  };
}

function stateOf(job: StoredJob, now: number): QueueState {
  if (job.state === 'waiting' && job.waitsForParts) return 'parents';
  if (job.state === 'delayed') return job.dueAt <= now ? 'due' : 'delayed';
  return job.state;
}
