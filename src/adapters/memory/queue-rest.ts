/** The rest of a queue in memory. */
import type { WallClock } from '../../ports/clock.ts';
import {
  afterRefusal,
  afterSuccess,
  type QueueRest,
  type QueueRestLimits,
  type Refusal,
} from '../../queue/queue-rest.ts';
import type { StoredJobs } from './stored-jobs.ts';

export interface MemoryQueueRestOptions {
  readonly jobs: StoredJobs;
  readonly queue: string;
  readonly clock: WallClock;
  readonly limits?: QueueRestLimits;
}

export class MemoryQueueRest implements QueueRest {
  readonly #options: MemoryQueueRestOptions;

  constructor(options: MemoryQueueRestOptions) {
    this.#options = options;
  }

  async refused(refusal: Refusal): Promise<number> {
    const { jobs, queue, clock, limits } = this.#options;
    const stored = jobs.of(queue);
    const { throttling, restMs } = afterRefusal(stored.throttling, { ...refusal, now: clock.now() }, limits);
    stored.throttling = throttling;
    return restMs;
  }

  async succeeded(ranMs: number): Promise<void> {
    const { jobs, queue, clock, limits } = this.#options;
    const stored = jobs.of(queue);
    if (stored.throttling === undefined) return;
    stored.throttling = afterSuccess(stored.throttling, { ranMs, now: clock.now() }, limits);
  }
}
