/** The queue as the producer, the pages and `status` see it: no word of how jobs are kept. */

/** A job to be made; typed by its kind's payload where it is made. */
export interface JobRequest<Payload = unknown> {
  /** Deterministic: the same work has the same id. No `:`, not all digits. */
  readonly id: string;
  /** What people see in lists: `my-slug weekly`. */
  readonly name: string;
  /** Checked against the job kind's schema by whoever takes the job. */
  readonly payload: Payload;
  /** So long after now it may begin, milliseconds; at once where it is not said. */
  readonly delayMs?: number;
}

export type JobState = 'waiting' | 'active' | 'delayed' | 'completed' | 'failed';

/** A job that is or was in the queue. */
export interface KnownJob {
  readonly id: string;
  readonly queue: string;
  readonly name: string;
  readonly state: JobState;
  readonly payload: unknown;
  readonly enqueuedAt: number;
  readonly finishedAt?: number;
  readonly attempts: number;
  /** 0 to 100 while it is active, as far as known. */
  readonly progress?: number;
  /** Only of failed jobs: the class and the sentence of what ended them, and how often they have failed for good. */
  readonly failure?: JobFailure;
  /** Only of completed jobs: what the handler returned. */
  readonly result?: unknown;
}

export interface JobFailure {
  readonly class: string;
  readonly code: string;
  readonly message: string;
  /** How many times in a row this work has failed for good, this time included. */
  readonly rounds: number;
}

export interface EnqueueResult {
  /** Ids that this call put into the queue. */
  readonly added: readonly string[];
  /** Ids that were there already; nothing was done about them. */
  readonly known: readonly string[];
}

export interface EndedJobs {
  /** Jobs that are completed or failed. */
  readonly ended: readonly KnownJob[];
  /** Ids that are not kept: removed, or never there. */
  readonly gone: readonly string[];
}

/** While a queue is paused, its waiting jobs count as `paused` instead. */
export type QueueCounts = Readonly<Record<JobState | 'paused', number>>;

export interface JobQueue {
  /** Puts jobs into a queue in chunks; an id that is kept there, in whatever state, is left alone and reported as known. */
  enqueue(queue: string, requests: readonly JobRequest[], signal: AbortSignal): Promise<EnqueueResult>;
  /** The jobs of these ids that are kept, in whatever state. */
  find(queue: string, ids: readonly string[], signal: AbortSignal): Promise<KnownJob[]>;
  /**
   * Which of these jobs have ended, and which are not kept; those of which neither is told are on their way. Cheap enough to
   * be asked again and again: a handful of questions to the store for a thousand ids.
   */
  findEnded(queue: string, ids: readonly string[], signal: AbortSignal): Promise<EndedJobs>;
  /**
   * Replaces finished jobs of these ids (completed or failed) by fresh ones, keeping count of their failed rounds;
   * a job that is not finished is left alone.
   */
  renew(queue: string, requests: readonly JobRequest[], signal: AbortSignal): Promise<EnqueueResult>;
  /** Jobs of a queue in these states, newest first, at most `limit`. */
  list(queue: string, states: readonly JobState[], limit: number): Promise<KnownJob[]>;
  counts(queue: string): Promise<QueueCounts>;
  /** Whether somebody paused the queue, as the board can: no worker takes its jobs until it is resumed, waiting or not. */
  isPaused(queue: string): Promise<boolean>;
  /** Ends the connections. May be called twice. */
  close(): Promise<void>;
}
