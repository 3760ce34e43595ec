/** The queue for the producer, the pages and `status`. */

export interface JobReference {
  readonly queue: string;
  readonly id: string;
}

/** A job to enqueue; its kind's payload gives the type. */
export interface JobRequest<Payload = unknown> {
  /** Deterministic: the same work has the same id. No `:`, not all digits. */
  readonly id: string;
  /** Name for lists: `my-slug weekly`. */
  readonly name: string;
  /** The worker checks it against the job kind's schema. */
  readonly payload: Payload;
  /** Delay before it may run, milliseconds; default: none. */
  readonly delayMs?: number;
  /** 1 to 2,000,000: after all jobs without one, and after those with a smaller one. Kept when the job is retried. */
  readonly priority?: number;
  /** The backfill that it belongs to. */
  readonly backfill?: string;
}

export type JobState = 'waiting' | 'active' | 'delayed' | 'completed' | 'failed';

/** A job that is or was in the queue. */
export interface KnownJob {
  readonly id: string;
  readonly queue: string;
  readonly name: string;
  readonly state: JobState;
  readonly payload: unknown;
  /** The backfill that it belongs to. */
  readonly backfill?: string;
  readonly enqueuedAt: number;
  readonly finishedAt?: number;
  readonly attempts: number;
  /** 0 to 100 while it is active, if known. */
  readonly progress?: number;
  /** Only of failed jobs: class and message of the error, and how often the job has failed for good. */
  readonly failure?: JobFailure;
  /** Only of delayed jobs. */
  readonly parked?: Parking;
  /** Only of completed jobs: what the handler returned. */
  readonly result?: unknown;
}

/** A job that waits for another version of Contrail, whose payload the workers so far did not know. */
export interface Parking {
  /** A sentence with the remedy. */
  readonly reason: string;
  /** Milliseconds since 1970, by the queue's clock. */
  readonly since: number;
}

export interface JobFailure {
  readonly class: string;
  readonly code: string;
  readonly message: string;
  /** How many times in a row this work has failed for good, including this time. */
  readonly rounds: number;
}

export interface EnqueueResult {
  /** Ids that this call enqueued. */
  readonly added: readonly string[];
  /** Ids that were there already; they were not changed. */
  readonly known: readonly string[];
}

export interface EndedJobs {
  /** Completed or failed jobs. */
  readonly ended: readonly KnownJob[];
  /** Ids that the queue does not have: removed, or never there. */
  readonly gone: readonly string[];
}

export interface CancelledJobs {
  /** Jobs that waited: they have failed with CANCELLED now. */
  readonly ended: readonly string[];
  /** Jobs that run, or wait for their parts: they end within seconds, unless their worker is lost. */
  readonly stopping: readonly string[];
  /** Jobs that had ended before, or that the queue does not have. */
  readonly over: readonly string[];
}

/** A job that has not ended, as much of it as lists of files show. */
export interface OpenJob {
  readonly id: string;
  readonly state: 'active' | 'waiting' | 'delayed';
  /** Attempts that were charged. */
  readonly attempts: number;
  /** 0 to 100 while it is active, if known. */
  readonly progress?: number;
  /** 1: the next one that a worker takes. Absent of jobs that do not wait for a worker. */
  readonly place?: number;
}

/** In a paused queue, waiting jobs count as `paused`. */
export interface QueueCounts extends Readonly<Record<JobState | 'paused', number>> {
  /** As the board can do: no worker takes its jobs until it is resumed. */
  readonly isPaused: boolean;
}

export interface JobQueue {
  /** Enqueues jobs in chunks. Ids that the queue keeps in any state are not changed, and reported as known. */
  enqueue(queue: string, requests: readonly JobRequest[], signal: AbortSignal): Promise<EnqueueResult>;
  /** The kept jobs with these ids, in any state. */
  find(queue: string, ids: readonly string[], signal: AbortSignal): Promise<KnownJob[]>;
  /**
   * Which of these jobs have ended and which are gone; all others will still run. Cheap enough to poll: a handful of
   * requests for a thousand ids.
   */
  findEnded(queue: string, ids: readonly string[], signal: AbortSignal): Promise<EndedJobs>;
  /**
   * Replaces finished jobs (completed or failed) and parked ones of these ids by fresh ones, and keeps count of their failed
   * rounds. Other jobs are not changed.
   */
  renew(queue: string, requests: readonly JobRequest[], signal: AbortSignal): Promise<EnqueueResult>;
  /** Ids of all jobs that have not ended. */
  openIds(queue: string, signal: AbortSignal): Promise<string[]>;
  /**
   * All jobs that have not ended: those that run, those that wait in the order in which workers take them, the others. One
   * request; of more than some thousands, the last ones are left out.
   */
  openJobs(queue: string, signal: AbortSignal): Promise<OpenJob[]>;
  /**
   * Ends jobs for good, in whatever process they run, with the parts that they were divided into. A cancelled job never runs
   * again, unless it is renewed. Running ones are aborted, and done if their work ends well all the same. May be repeated.
   */
  cancel(queue: string, ids: readonly string[], signal: AbortSignal): Promise<CancelledJobs>;
  /** Jobs of a queue in these states, newest first, at most `limit`. */
  list(queue: string, states: readonly JobState[], limit: number): Promise<KnownJob[]>;
  counts(queue: string): Promise<QueueCounts>;
  /** Closes the connections. May be called twice. */
  close(): Promise<void>;
}
