/** The policy of the queue: verdicts on attempts. Pure; waits for nothing and reads no clock. */
import { type Deployment, isForeign } from '../domain/deployment.ts';
import { ContrailError } from '../domain/errors.ts';
import type { JobOutcome } from '../domain/outcome.ts';
import type { JobKind } from '../jobs/job-kind.ts';
import type { Random } from '../ports/random.ts';
import { backoffDelayMs } from './backoff.ts';
import { decideFailure } from './failure-decision.ts';
import type { JobEnvelope } from './job-envelope.ts';
import type { StopReason } from './running-attempt.ts';
import { throttledEnvelope, throttledTooLong } from './throttled-job.ts';

/** Delay of a job that comes back while its earlier attempt is still running in this process. */
const SAME_JOB_PAUSE_MS = 1_000;
/** Long enough that workers of two deployments can see thousands of each other's jobs without being kept busy. */
const LONGEST_FOREIGN_PAUSE_MS = 30_000;

/** A job as the queue hands it out. */
export interface TakenJob {
  readonly id: string;
  readonly queue: string;
  /** Earlier attempts that were charged. */
  readonly charged: number;
  /** How many attempts may be charged. */
  readonly attempts: number;
  /** How many workers were lost while running it. */
  readonly crashes: number;
  readonly envelope: JobEnvelope;
}

export type DividedOutcome = Extract<JobOutcome, { kind: 'divided' }>;
export type FinalOutcome = Exclude<JobOutcome, { kind: 'divided' | 'snoozed' }>;

/** What to do with the job now. Only `done`, `retry` and `fail` charge the attempt. */
export type Verdict =
  | { readonly kind: 'done'; readonly outcome: FinalOutcome }
  | { readonly kind: 'retry'; readonly error: ContrailError; readonly delayMs: number }
  | { readonly kind: 'fail'; readonly error: ContrailError }
  /** Back into the queue, which rests. */
  | { readonly kind: 'throttle' }
  | { readonly kind: 'snooze'; readonly delayMs: number }
  /** Back into the queue, where it is held until its paused backfill goes on. */
  | { readonly kind: 'hold' }
  /** Continues when its parts have ended. `work` has the parts to add first. */
  | { readonly kind: 'wait for parts'; readonly work?: DividedOutcome }
  /** Back into the queue unchanged, for any worker. */
  | { readonly kind: 'give back' }
  /** Another worker has the job: do not touch it. */
  | { readonly kind: 'leave' };

/** Events for the owner of the workers, before the verdict is carried out. */
export type Told =
  | { readonly hook: 'onOutcome'; readonly outcome: FinalOutcome }
  | { readonly hook: 'onFailure'; readonly error: ContrailError; readonly final: boolean }
  | { readonly hook: 'onThrottled'; readonly error: ContrailError; readonly times: number; readonly forMs: number }
  | { readonly hook: 'onParked'; readonly reason: string };

export interface Step {
  readonly verdict: Verdict;
  readonly told?: Told;
  /** A line for the job's log. */
  readonly note?: string;
  /** The new envelope, if it changes. */
  readonly envelope?: JobEnvelope;
}

export interface Arrival {
  /** The worker stops and takes no more jobs. */
  readonly isStopping: boolean;
  /** An earlier attempt at the same job is still running in this process. */
  readonly isRunningHere: boolean;
  readonly deployment: Deployment | undefined;
  readonly random: Pick<Random, 'fraction'>;
}

/** What to do with the job instead of an attempt; undefined if the attempt may begin. */
export function turnAway(job: TakenJob, arrival: Arrival): Verdict | undefined {
  if (arrival.isStopping) return { kind: 'give back' };
  if (isForeign(job.envelope.deployment, arrival.deployment)) {
    return { kind: 'snooze', delayMs: Math.ceil(LONGEST_FOREIGN_PAUSE_MS * (1 + arrival.random.fraction()) * 0.5) };
  }
  return arrival.isRunningHere ? { kind: 'snooze', delayMs: SAME_JOB_PAUSE_MS } : undefined;
}

export interface PayloadRules {
  readonly crashLimit: number;
  /** Whether a worker of this installation made the job; only for parts. */
  readonly isMadeByWorker: boolean;
}

/** The payload for the handler. Throws JOB_CRASHED or PAYLOAD_INVALID if the job must fail. */
export function checkedPayload<Payload>(job: TakenJob, kind: JobKind<Payload>, rules: PayloadRules): Payload {
  const crashes = job.crashes - job.envelope.crashesForgiven;
  if (crashes >= rules.crashLimit) {
    throw new ContrailError('JOB_CRASHED', `Workers crashed ${crashes} times while running this job.`, {
      hint: 'Look for the reason in the logs of the workers, usually memory.',
    });
  }
  if (kind.isPart === true && !rules.isMadeByWorker) {
    throw new ContrailError('PAYLOAD_INVALID', `The part ${job.id} was not made by a worker of this installation.`, {
      hint: 'Workers make parts when they divide an export: enqueue the export instead.',
    });
  }
  const payload = kind.payload.safeParse(job.envelope.payload);
  if (payload.success) return payload.data;
  const [issue] = payload.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'payload' : issue.path.join('.');
  throw new ContrailError('PAYLOAD_INVALID', `A job of ${job.queue} is not readable: ${where}: ${issue?.message}.`);
}

export interface AttemptEnd {
  readonly kind: JobKind<unknown>;
  readonly stopped: StopReason | undefined;
  /** Whether the next attempt begins without the parts of this one. */
  readonly forgetsParts: boolean;
  /** How long a job may be throttled in a row before it fails, milliseconds. */
  readonly throttleLimitMs: number;
  /** By the queue's clock. */
  readonly now: number;
  readonly random: Pick<Random, 'fraction'>;
}

/** The verdict on an attempt with an outcome. */
export function settleOutcome(job: TakenJob, outcome: JobOutcome, end: AttemptEnd): Step {
  if (outcome.kind === 'divided' || outcome.kind === 'snoozed') {
    if (end.stopped === 'lock lost') return { verdict: { kind: 'leave' } };
    if (end.stopped === 'cancelled') return cancelled(job, end);
    if (outcome.kind === 'snoozed') return snoozed(job, outcome.delayMs);
    return { verdict: { kind: 'wait for parts', work: outcome } };
  }
  // The outcome is reported even if another worker has the job.
  const verdict: Verdict = end.stopped === 'lock lost' ? { kind: 'leave' } : { kind: 'done', outcome };
  return { verdict, told: { hook: 'onOutcome', outcome } };
}

function snoozed({ envelope }: TakenJob, delayMs: number): Step {
  const { parked, ...rest } = envelope;
  return { verdict: { kind: 'snooze', delayMs }, ...(parked === undefined ? {} : { envelope: rest }) };
}

/** The verdict on an attempt that failed or was stopped. */
export function settleFailure(job: TakenJob, error: ContrailError, end: AttemptEnd): Step {
  switch (end.stopped) {
    case 'lock lost':
      return { verdict: { kind: 'leave' } };
    case 'cancelled':
      return cancelled(job, end, error);
    case 'shutdown':
      return { verdict: { kind: 'give back' } };
    case undefined:
      break;
  }
  const { failureClass } = error;
  const decision = decideFailure({ failureClass, attempt: job.charged + 1, attempts: job.attempts });
  if (decision === 'throttle') return throttled(job, error, end);
  return failed(job, { error, final: decision === 'fail' }, end);
}

function cancelled(job: TakenJob, end: AttemptEnd, cause?: ContrailError): Step {
  const error = new ContrailError('CANCELLED', 'The job was cancelled while it was running.', {
    ...(cause === undefined ? {} : { cause }),
    hint: 'Published files stay. Enqueue the file again if you need it.',
  });
  return failed(job, { error, final: true }, end);
}

/** The attempt is not charged, unless the job was throttled for too long. */
function throttled(job: TakenJob, error: ContrailError, end: AttemptEnd): Step {
  const envelope = throttledEnvelope(job.envelope, end.now);
  const { times, forMs } = envelope.throttled;
  const tooLong = throttledTooLong({ job: job.id, error, times, forMs, limitMs: end.throttleLimitMs });
  if (tooLong !== undefined) {
    const isLast = job.charged + 1 >= job.attempts;
    return failed(job, { error: tooLong, final: isLast || end.kind.endures !== true }, end);
  }
  return {
    verdict: { kind: 'throttle' },
    told: { hook: 'onThrottled', error, times, forMs },
    note: `throttled ${times} times, for ${Math.round(forMs / 1000)} s by now: ${error.message}`,
    envelope,
  };
}

interface Failure {
  readonly error: ContrailError;
  readonly final: boolean;
}

function failed(job: TakenJob, { error, final }: Failure, end: AttemptEnd): Step {
  const envelope = envelopeAfter(job, error, end);
  const delayMs = final ? 0 : backoffDelayMs(end.kind.retry, job.charged + 1, end.random.fraction());
  return {
    verdict: final ? { kind: 'fail', error } : { kind: 'retry', error, delayMs },
    told: { hook: 'onFailure', error, final },
    note: error.sentence,
    ...(envelope === undefined ? {} : { envelope }),
  };
}

/** The new envelope after a charged failure, if it must change. */
function envelopeAfter(
  { envelope, crashes }: TakenJob,
  error: ContrailError,
  end: AttemptEnd,
): JobEnvelope | undefined {
  const isCrashed = error.code === 'JOB_CRASHED';
  const { throttled: wasThrottled, parked, division, ...rest } = envelope;
  const isSame = !isCrashed && !end.forgetsParts && wasThrottled === undefined && parked === undefined;
  if (isSame) return undefined;
  return {
    ...rest,
    ...(division === undefined || end.forgetsParts ? {} : { division }),
    ...(isCrashed ? { crashesForgiven: crashes } : {}),
  };
}
