/** Carries verdicts out on BullMQ: as a result, a move, or one of its errors. */
import { DelayedError, type Job, RateLimitError, UnrecoverableError, WaitingChildrenError, WaitingError } from 'bullmq';
import { type ContrailError, errorText } from '../../domain/errors.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import type { Log } from '../../ports/log.ts';
import type { Step } from '../attempt.ts';
import { failureText } from '../job-envelope.ts';

const RESUMED_DELAY_MS = 1_000;

/** A failure that is retried later: BullMQ asks the error for the delay. */
export class RetryError extends Error {
  readonly delayMs: number;

  constructor(message: string, delayMs: number) {
    super(message);
    this.delayMs = delayMs;
  }
}

export interface Holding {
  readonly job: Job;
  /** Identifies the worker's lock. */
  readonly token: string;
  /** The time by BullMQ's clock. */
  readonly now: () => number;
  /** Holds the delayed job if its backfill is still paused. */
  readonly hold: () => Promise<void>;
  readonly log: Log;
}

/** Its errors are meant for BullMQ. */
export async function carryOut(
  { verdict, envelope }: Step,
  { job, token, now, hold, log }: Holding,
): Promise<JobOutcome> {
  if (envelope !== undefined) await job.updateData(envelope);
  switch (verdict.kind) {
    case 'done':
      return verdict.outcome;
    case 'retry':
      throw withoutStack(new RetryError(failureText(verdict.error), verdict.delayMs), verdict.error);
    case 'fail':
      throw withoutStack(new UnrecoverableError(failureText(verdict.error)), verdict.error);
    case 'throttle':
      throw new RateLimitError();
    case 'snooze':
      await move(() => job.moveToDelayed(Math.round(now() + verdict.delayMs), token));
      throw new DelayedError();
    case 'hold':
      // If the backfill goes on in this moment, the job does so after this delay.
      await move(() => job.moveToDelayed(Math.round(now() + RESUMED_DELAY_MS), token));
      await move(hold);
      throw new DelayedError();
    case 'wait for parts':
      if (await job.moveToWaitingChildren(token)) throw new WaitingChildrenError();
      // All parts have ended already, so the job continues at once.
      await move(() => job.moveToWait(token));
      throw new WaitingError();
    case 'give back':
      await move(() => job.moveToWait(token));
      throw new WaitingError();
    case 'leave':
      // BullMQ reads this as "moved already", and sends Redis nothing.
      throw new WaitingError();
  }

  /** A job that cannot be moved has a lost lock: the stall check returns it. */
  async function move(how: () => Promise<unknown>): Promise<void> {
    try {
      await how();
    } catch (error) {
      log.warn({ queue: job.queueName, jobId: job.id, error: errorText(error) }, 'a job was not moved');
    }
  }
}

/** The board shows a stack only for unexpected errors. */
function withoutStack<Thrown extends Error>(thrown: Thrown, error: ContrailError): Thrown {
  const cause = error.code === 'INTERNAL' && error.cause instanceof Error ? error.cause : undefined;
  thrown.stack = cause?.stack ?? '';
  return thrown;
}
