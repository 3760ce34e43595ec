/**
 * Stops jobs from any process. A mark in Redis says which job is cancelled, a hash which backfills are paused or cancelled; a
 * message makes all workers look at both at once. A lost message costs a second: workers with running jobs also look that often.
 */
import type { Redis } from 'ioredis';
import { errorText } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { connectWorkers } from './connection.ts';

const LOOK_EVERY_MS = 1_000;
/** Marks of jobs that no worker has taken since are forgotten after this. */
const KEPT_MS = 7 * 86_400_000;

/** A job as it was added: an id can come again, a nonce does not. */
export interface MarkedJob {
  readonly queue: string;
  readonly id: string;
  /** Empty for jobs that were made by hand, and for parts. */
  readonly nonce: string;
}

/** The sorted set of marks, by time. */
export function marksKey(prefix: string): string {
  return `${prefix}:cancelled`;
}

/** On which workers are told to look. */
export function cancelChannel(prefix: string): string {
  return `${prefix}:cancel`;
}

function markOf({ queue, id, nonce }: MarkedJob): string {
  return JSON.stringify([queue, id, nonce]);
}

/** Marks jobs and tells all workers, in one transaction. `now` in milliseconds since 1970. */
export async function markCancelled(
  redis: Redis,
  prefix: string,
  jobs: readonly MarkedJob[],
  now: number,
): Promise<void> {
  if (jobs.length === 0) return;
  const key = marksKey(prefix);
  const transaction = redis.multi();
  transaction.zremrangebyscore(key, '-inf', now - KEPT_MS);
  transaction.zadd(key, ...jobs.flatMap((job) => [now, markOf(job)]));
  transaction.pexpire(key, KEPT_MS);
  transaction.publish(cancelChannel(prefix), 'look');
  for (const [error] of (await transaction.exec()) ?? []) if (error !== null) throw error;
}

export interface CancelMarksOptions {
  readonly redisUrl: string;
  /** The workers' connection, for looking. */
  readonly redis: Redis;
  readonly prefix: string;
  /** The hash of backfills whose jobs may not start. */
  readonly stoppedKey: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether any job runs here. */
  readonly isBusy: () => boolean;
  /** Called after each look that found marks. */
  readonly onMarks: () => void;
}

/** The marks as a worker pool knows them. */
export class CancelMarks {
  readonly #options: CancelMarksOptions;
  readonly #ear: Redis;
  #marks: ReadonlySet<string> = new Set();
  #stopped: ReadonlyMap<string, string> = new Map();
  #looking: Promise<void> | undefined;
  #isAskedAgain = false;
  #isStopped = false;
  #cancelTimer: () => void = () => undefined;

  constructor(options: CancelMarksOptions) {
    this.#options = options;
    this.#ear = connectWorkers(options.redisUrl);
    this.#ear.on('error', () => {});
    this.#ear.on('message', () => void this.look());
    // Also after each reconnection, when messages may have been lost.
    this.#ear.on('ready', () => void this.look());
    this.#ear.subscribe(cancelChannel(options.prefix)).then(
      () => void this.look(),
      () => undefined,
    );
    this.#wait();
  }

  has(job: MarkedJob): boolean {
    return this.#marks.has(markOf(job));
  }

  /**
   * Resolves when what was in Redis at the call is known. One look at a time: while Redis is away, looks would pile up. A look
   * that goes on may have read too early for this call, so another one follows it.
   */
  look(): Promise<void> {
    if (this.#looking !== undefined) this.#isAskedAgain = true;
    this.#looking ??= this.#untilNobodyAsks();
    return this.#looking;
  }

  /** Whether the jobs of a backfill may not start, as far as is known by now. */
  stopOf(backfill: string): 'paused' | 'cancelled' | undefined {
    const state = this.#stopped.get(backfill);
    return state === 'paused' || state === 'cancelled' ? state : undefined;
  }

  /** Forgets the mark of a job that has ended. Never fails. */
  async forget(job: MarkedJob): Promise<void> {
    if (!this.has(job)) return;
    const { redis, prefix, log } = this.#options;
    try {
      await redis.zrem(marksKey(prefix), markOf(job));
    } catch (error) {
      // The nonce keeps it from meaning another job.
      log.debug({ queue: job.queue, jobId: job.id, error: errorText(error) }, 'a mark was not removed');
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer();
    this.#ear.disconnect();
  }

  #wait(): void {
    if (this.#isStopped) return;
    const { clock, isBusy } = this.#options;
    this.#cancelTimer = clock.startTimer(LOOK_EVERY_MS, () => {
      if (isBusy()) void this.look();
      this.#wait();
    });
  }

  async #untilNobodyAsks(): Promise<void> {
    do {
      this.#isAskedAgain = false;
      await this.#readMarks();
    } while (this.#isAskedAgain && !this.#isStopped);
    this.#looking = undefined;
  }

  async #readMarks(): Promise<void> {
    const { redis, prefix, stoppedKey, onMarks } = this.#options;
    try {
      const [marks, stopped] = await Promise.all([
        redis.zrange(marksKey(prefix), '0', '-1'),
        redis.hgetall(stoppedKey),
      ]);
      this.#marks = new Set(marks);
      this.#stopped = new Map(Object.entries(stopped));
    } catch {
      // The next look comes by itself.
      return;
    }
    if (this.#marks.size > 0 && !this.#isStopped) onMarks();
  }
}
