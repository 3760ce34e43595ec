/** Options of every worker pool. */
import type { Deployment } from '../domain/deployment.ts';
import type { JobKind } from '../jobs/job-kind.ts';
import type { Clock } from '../ports/clock.ts';
import type { JobHandler } from '../ports/job-handler.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import { AttemptRunner } from './attempt-runner.ts';
import type { ThrottlePolicy } from './backoff.ts';
import type { QueueRest } from './queue-rest.ts';
import type { WorkerHooks } from './worker-events.ts';

export const DRAIN_DEADLINE_MS = 20_000;
export const ABORT_GRACE_MS = 3_000;
export const LOCK_MS = 10_000;
const CONCURRENCY = 4;
const CRASH_LIMIT = 10;
const THROTTLE: ThrottlePolicy = { firstDelayMs: 1_000, longestDelayMs: 30_000 };
/** Short enough for the end of a deploy, long enough for thousands of such jobs that stay. */
const PARKING: ThrottlePolicy = { firstDelayMs: 10_000, longestDelayMs: 10 * 60_000 };
const THROTTLE_LIMIT_MS = 60 * 60_000;

export interface PoolOptions extends WorkerHooks {
  /** The deployment whose jobs it runs; without one it runs all. */
  readonly deployment?: Deployment;
  /** All kinds of job. */
  readonly kinds: readonly JobKind<unknown>[];
  /** Exactly one per kind. */
  readonly handlers: readonly JobHandler<unknown>[];
  /** Work only on these queues; default all. */
  readonly queues?: readonly string[];
  /** Jobs of one queue at once; default 4. A kind can allow fewer. */
  readonly concurrency?: number;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  /** How long `stop` waits for running jobs before it aborts them; default 20 s. */
  readonly drainDeadlineMs?: number;
  /** How long to wait for an aborted handler; default 3 s. */
  readonly abortGraceMs?: number;
  /** A job fails with JOB_CRASHED after this many crashes; default 10. */
  readonly crashLimit?: number;
  /** How a throttled queue rests; default 1 s, doubling to 30 s. */
  readonly throttle?: ThrottlePolicy;
  /** A job fails with THROTTLED_TOO_LONG after it was throttled this long in a row; default an hour. */
  readonly throttleLimitMs?: number;
  /** How long jobs wait whose payload this process does not know; default 10 s, doubling to 10 minutes. */
  readonly parking?: ThrottlePolicy;
  /** How long a job belongs to a worker that shows no sign of life; default 10 s. */
  readonly lockMs?: number;
}

/** What runs the attempts at the jobs of one kind. */
export function runnerOf(handler: JobHandler<unknown>, options: PoolOptions, rest: QueueRest): AttemptRunner {
  const { deployment, log, clock, random } = options;
  return new AttemptRunner({
    handler,
    deployment,
    hooks: options,
    log,
    clock,
    random,
    crashLimit: options.crashLimit ?? CRASH_LIMIT,
    throttle: options.throttle ?? THROTTLE,
    parking: options.parking ?? PARKING,
    throttleLimitMs: options.throttleLimitMs ?? THROTTLE_LIMIT_MS,
    rest,
  });
}

/** How many jobs of that kind the pool runs at once. */
export function concurrencyOf({ mostAtOnce }: JobKind<unknown>, { concurrency = CONCURRENCY }: PoolOptions): number {
  return Math.min(concurrency, mostAtOnce ?? concurrency);
}
