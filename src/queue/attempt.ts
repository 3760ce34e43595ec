/** What becomes of one attempt at a job: the queue's policy, whatever keeps the jobs. Nothing here waits or looks at a clock. */
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

/** How long a job waits that comes back while its earlier attempt is still at work in this process. */
const SAME_JOB_PAUSE_MS = 1_000;
/** Long enough for workers of two deployments to look at thousands of each other's jobs without being kept busy. */
const LONGEST_FOREIGN_PAUSE_MS = 30_000;

/** A job as the queue hands it out. */
export interface TakenJob {
  readonly id: string;
  readonly queue: string;
  /** Earlier attempts that were charged. */
  readonly charged: number;
  /** How many attempts may be charged. */
  readonly attempts: number;
  /** How many workers were lost while they were at it. */
  readonly crashes: number;
  readonly envelope: JobEnvelope;
}

export type DividedOutcome = Extract<JobOutcome, { kind: 'divided' }>;
export type FinalOutcome = Exclude<JobOutcome, { kind: 'divided' | 'snoozed' }>;

/** What is to be done with the job now. Only `done`, `retry` and `fail` charge the attempt. */
export type Verdict =
  | { readonly kind: 'done'; readonly outcome: FinalOutcome }
  | { readonly kind: 'retry'; readonly error: ContrailError; readonly delayMs: number }
  | { readonly kind: 'fail'; readonly error: ContrailError }
  /** Back into the queue, which rests. */
  | { readonly kind: 'throttle' }
  | { readonly kind: 'snooze'; readonly delayMs: number }
  /** To go on when its parts have ended. `work` holds those that are to be added first. */
  | { readonly kind: 'wait for parts'; readonly work?: DividedOutcome }
  /** Back into the queue as it was, for any worker. */
  | { readonly kind: 'give back' }
  /** The job is somebody else's by now: not to be touched. */
  | { readonly kind: 'leave' };

/** What the owner of the workers is told before the verdict is carried out. */
export type Told =
  | { readonly hook: 'onOutcome'; readonly outcome: FinalOutcome }
  | { readonly hook: 'onFailure'; readonly error: ContrailError; readonly final: boolean }
  | { readonly hook: 'onThrottled'; readonly error: ContrailError; readonly times: number; readonly forMs: number };

export interface Step {
  readonly verdict: Verdict;
  readonly told?: Told;
  /** A line for the job's log. */
  readonly note?: string;
  /** What the job's envelope becomes, where it changes. */
  readonly envelope?: JobEnvelope;
}

export interface Arrival {
  /** The worker stops, and takes no more jobs. */
  readonly isStopping: boolean;
  /** An earlier attempt at the same job is still at work in this process. */
  readonly isRunningHere: boolean;
  readonly deployment: Deployment | undefined;
  readonly random: Pick<Random, 'fraction'>;
}

/** Why an attempt does not begin: what to do with the job instead, or undefined where it may begin. */
export function turnAway(job: TakenJob, arrival: Arrival): Verdict | undefined {
  if (arrival.isStopping) return { kind: 'give back' };
  if (isForeign(job.envelope.deployment, arrival.deployment)) {
    return { kind: 'snooze', delayMs: Math.ceil(LONGEST_FOREIGN_PAUSE_MS * (1 + arrival.random.fraction()) * 0.5) };
  }
  return arrival.isRunningHere ? { kind: 'snooze', delayMs: SAME_JOB_PAUSE_MS } : undefined;
}

export interface PayloadRules {
  readonly crashLimit: number;
  /** Whether a worker of this installation made the job; asked of parts alone. */
  readonly isMadeByWorker: boolean;
}

/** The payload for the handler. Throws what the job fails with instead: JOB_CRASHED or PAYLOAD_INVALID. */
export function checkedPayload<Payload>(job: TakenJob, kind: JobKind<Payload>, rules: PayloadRules): Payload {
  const crashes = job.crashes - job.envelope.crashesForgiven;
  if (crashes >= rules.crashLimit) {
    throw new ContrailError('JOB_CRASHED', `The worker ended ${crashes} times while it was at this job.`, {
      hint: 'See the logs of the workers for what ended them, memory above all.',
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
  /** How long a job may be throttled in a row before it is given up, milliseconds. */
  readonly throttleLimitMs: number;
  /** By the clock of the queue. */
  readonly now: number;
  readonly random: Pick<Random, 'fraction'>;
}

/** What becomes of an attempt whose handler came to an outcome. */
export function settleOutcome(job: TakenJob, outcome: JobOutcome, end: AttemptEnd): Step {
  if (outcome.kind === 'divided' || outcome.kind === 'snoozed') {
    if (end.stopped === 'lock lost') return { verdict: { kind: 'leave' } };
    if (end.stopped === 'cancelled') return cancelled(job, end);
    if (outcome.kind === 'snoozed') return { verdict: { kind: 'snooze', delayMs: outcome.delayMs } };
    return { verdict: { kind: 'wait for parts', work: outcome } };
  }
  // What was done is told even where the job is somebody else's by now.
  const verdict: Verdict = end.stopped === 'lock lost' ? { kind: 'leave' } : { kind: 'done', outcome };
  return { verdict, told: { hook: 'onOutcome', outcome } };
}

/** What becomes of an attempt that failed or was stopped. */
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
    hint: 'What was published before stays; ask for the file again when it is wanted.',
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

/** What the envelope must be after a charged failure, where it must change. */
function envelopeAfter(
  { envelope, crashes }: TakenJob,
  error: ContrailError,
  end: AttemptEnd,
): JobEnvelope | undefined {
  const isCrashed = error.code === 'JOB_CRASHED';
  const { throttled: wasThrottled, division, ...rest } = envelope;
  if (!isCrashed && !end.forgetsParts && wasThrottled === undefined) return undefined;
  return {
    ...rest,
    ...(division === undefined || end.forgetsParts ? {} : { division }),
    ...(isCrashed ? { crashesForgiven: crashes } : {}),
  };
}
