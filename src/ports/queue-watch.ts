/** A look at all queues and at what keeps them, for metrics and readiness. */

export const QUEUE_STATES = [
  'waiting',
  'prioritized',
  'due',
  'delayed',
  'active',
  'parents',
  'completed',
  'failed',
] as const;

/** `due`: the delay is over; `delayed`: it is not. `parents` wait for their parts. */
export type QueueState = (typeof QUEUE_STATES)[number];

export interface QueueLook {
  readonly queue: string;
  readonly isPaused: boolean;
  /** How long it still rests because a service throttles. */
  readonly restMs: number;
  /** For how long a service has been throttling its jobs without a break (docs/job-lifecycle.md); 0: none is. */
  readonly throttledMs: number;
  readonly jobs: Readonly<Record<QueueState, number>>;
  /** Age of the oldest job that waits: since it was enqueued, or since its delay was over. 0 without one. */
  readonly oldestMs: number;
  /** The id of the job that is next in line. */
  readonly next?: string;
}

export interface KeeperLook {
  readonly memoryBytes: number;
  /** 0: no limit. */
  readonly memoryLimitBytes: number;
}

export interface WatchedQueues {
  readonly queues: readonly QueueLook[];
  readonly keeper: KeeperLook;
}

export interface QueueWatch {
  /**
   * Costs a bounded number of commands, however many jobs there are. Throws REDIS_UNREACHABLE, or REDIS_UNSUITABLE where
   * Redis may lose jobs or takes no writes, both within seconds.
   */
  look(): Promise<WatchedQueues>;
  /** May be called twice. */
  close(): void;
}

/** How many jobs a free worker could take now. */
export function readyJobs({ jobs, isPaused }: QueueLook): number {
  return isPaused ? 0 : jobs.waiting + jobs.prioritized + jobs.due;
}
