/** Runs the attempts of one queue and turns what handlers do into what BullMQ understands. */
import {
  DelayedError,
  type Job,
  type Queue,
  RateLimitError,
  UnrecoverableError,
  WaitingChildrenError,
  WaitingError,
} from 'bullmq';
import { type Deployment, isForeign } from '../../domain/deployment.ts';
import { ContrailError, errorText, toContrailError } from '../../domain/errors.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import type { DividedWork, JobHandler } from '../../ports/job-handler.ts';
import type { JobKind } from '../../jobs/job-kind.ts';
import type { Log } from '../../ports/log.ts';
import type { Random, ThrottlePolicy } from '../backoff.ts';
import { addParts, checkPart, divisionOf, endedParts } from './division.ts';
import { decideFailure } from '../failure-decision.ts';
import { ForeignJobs } from '../foreign-jobs.ts';
import { failureText, type JobEnvelope, readEnvelope } from '../job-envelope.ts';
import { JobNotes } from './job-notes.ts';
import { QueueRest } from '../queue-rest.ts';
import { RunningAttempt, type StopReason } from '../running-attempt.ts';
import { throttledEnvelope, throttledTooLong } from '../throttled-job.ts';
import type { AttemptFacts, WorkerHooks } from '../worker-events.ts';

/** How long a job waits that comes back while its earlier attempt is still at work in this process. */
const SAME_JOB_PAUSE_MS = 1_000;

export interface QueueRunnerOptions {
  readonly handler: JobHandler<unknown>;
  /** Jobs of other deployments are put back; without one none are. */
  readonly deployment?: Deployment;
  readonly hooks: WorkerHooks;
  readonly log: Log;
  /** Crashes of a worker under one job after which the job fails for good. */
  readonly crashLimit: number;
  readonly throttle: ThrottlePolicy;
  /** How long a job may be throttled before it is given up, milliseconds. */
  readonly throttleLimitMs: number;
  readonly random: Random;
  /** What seals of parts and divisions are made with. */
  readonly secret: () => Promise<string>;
  /** The queue of that name, for parts of divided work. */
  readonly queueNamed: (name: string) => Queue;
  /** Stops all workers of the queue from taking jobs for a while. */
  readonly rest: (delayMs: number) => Promise<void>;
}

interface Taken {
  readonly job: Job;
  readonly token: string;
  readonly envelope: JobEnvelope;
  readonly attempt: RunningAttempt;
  readonly notes: JobNotes;
  readonly startedAt: number;
  /** Whether the next attempt begins without the parts of this one. */
  forgetsParts: boolean;
}

/** Processes the jobs of one queue; whatever `process` throws is addressed to BullMQ. */
export class QueueRunner {
  readonly #options: QueueRunnerOptions;
  readonly #running = new Map<string, RunningAttempt>();
  readonly #foreign: ForeignJobs;
  readonly #rest: QueueRest;
  #isRefusing = false;

  constructor(options: QueueRunnerOptions) {
    this.#options = options;
    this.#foreign = new ForeignJobs(options);
    const { throttle: policy, random, rest } = options;
    this.#rest = new QueueRest({ policy, random, rest });
  }

  get kind(): JobKind<unknown> {
    return this.#options.handler.kind;
  }

  get runningCount(): number {
    return this.#running.size;
  }

  /** From now on jobs that arrive are given back untouched. */
  refuse(): void {
    this.#isRefusing = true;
  }

  /** Stops the attempts at these jobs, or at all. */
  stop(reason: StopReason, jobIds: Iterable<string> = [...this.#running.keys()]): void {
    for (const id of jobIds) this.#running.get(id)?.stop(reason);
  }

  /** Waits no longer for handlers that do not stop. */
  abandon(): void {
    for (const attempt of this.#running.values()) attempt.abandon();
  }

  /** One attempt at one job: BullMQ's processor. */
  async process(job: Job, token: string, bullSignal: AbortSignal | undefined): Promise<JobOutcome> {
    const id = job.id ?? '';
    const startedAt = performance.now();
    const attempt = new RunningAttempt();
    const notes = new JobNotes(job, this.#options.log);
    const taken: Taken = {
      job,
      token,
      envelope: readEnvelope(job.data),
      attempt,
      notes,
      startedAt,
      forgetsParts: false,
    };
    if (this.#isRefusing) return this.#giveBack(taken);
    const owner = taken.envelope.deployment;
    if (isForeign(owner, this.#options.deployment))
      return this.#delay(
        taken,
        await this.#foreign.refuse({ queue: job.queueName, id, note: (line) => job.log(line) }, owner),
      );
    const earlier = this.#running.get(id);
    if (earlier !== undefined) {
      // A job only comes back when its lock was lost, and BullMQ, which tracks locks by job, will not say so any more.
      earlier.stop('lock lost');
      return this.#delay(taken, SAME_JOB_PAUSE_MS);
    }
    this.#running.set(id, attempt);
    const onAbort = () => attempt.stop('lock lost');
    bullSignal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await this.#run(taken);
    } finally {
      bullSignal?.removeEventListener('abort', onAbort);
      this.#running.delete(id);
    }
  }

  async #run(taken: Taken): Promise<JobOutcome> {
    let outcome: JobOutcome;
    try {
      if (await this.#stillWaits(taken)) throw new WaitingChildrenError();
      this.#refuseCrashed(taken);
      outcome = await taken.attempt.waitFor(this.#handle(taken));
    } catch (error) {
      if (error instanceof WaitingChildrenError) throw error;
      return this.#endBadly(taken, toContrailError(error));
    }
    return this.#endWell(taken, outcome);
  }

  /** A worker that died after it had added the parts has left the whole among the jobs that run. */
  async #stillWaits({ job, token, envelope }: Taken): Promise<boolean> {
    return envelope.division !== undefined && (await job.moveToWaitingChildren(token));
  }

  async #handle(taken: Taken): Promise<JobOutcome> {
    const { job, envelope, attempt, notes } = taken;
    const { handler, secret } = this.#options;
    if (handler.kind.isPart === true) checkPart(job, envelope, await secret());
    const payload = handler.kind.payload.safeParse(envelope.payload);
    if (!payload.success) {
      const [issue] = payload.error.issues;
      const where = issue === undefined || issue.path.length === 0 ? 'payload' : issue.path.join('.');
      throw new ContrailError(
        'PAYLOAD_INVALID',
        `A job of ${job.queueName} is not readable: ${where}: ${issue?.message}.`,
      );
    }
    return handler.handle(payload.data, {
      jobId: job.id ?? '',
      attempt: job.attemptsMade + 1,
      attempts: job.opts.attempts ?? 1,
      signal: attempt.signal,
      enqueuedAt: job.timestamp,
      failedRounds: envelope.failedRounds,
      progress: (fraction) => notes.progress(fraction),
      log: (line) => notes.line(line),
      ...(await this.#dividedWork(taken)),
    });
  }

  async #dividedWork(taken: Taken): Promise<{ divided?: DividedWork }> {
    const { job, envelope } = taken;
    if (envelope.division === undefined) return {};
    const division = divisionOf(job, envelope, await this.#options.secret());
    if (division === undefined) {
      const place = { queue: job.queueName, jobId: job.id };
      this.#options.log.warn(place, 'a division that no worker of this installation made was ignored');
      return {};
    }
    const forget = () => {
      taken.forgetsParts = true;
    };
    return { divided: { state: division.state, parts: await endedParts(job, division), forget } };
  }

  #refuseCrashed({ job, envelope }: Taken): void {
    const crashes = job.stalledCounter - envelope.crashesForgiven;
    if (crashes < this.#options.crashLimit) return;
    throw new ContrailError('JOB_CRASHED', `The worker ended ${crashes} times while it was at this job.`, {
      hint: 'See the logs of the workers for what ended them, memory above all.',
    });
  }

  async #endWell(taken: Taken, outcome: JobOutcome): Promise<JobOutcome> {
    this.#rest.succeeded(taken.startedAt);
    // The records of what was done come first: they must not wait for a Redis that is away, as notes do.
    if (outcome.kind !== 'snoozed' && outcome.kind !== 'divided') {
      await this.#tell(taken, 'onOutcome', (hooks) => hooks.onOutcome?.({ ...this.#facts(taken), outcome }));
    }
    if (taken.attempt.stopped === 'lock lost') return leaveUntouched();
    await taken.notes.written();
    if (outcome.kind === 'divided') return this.#waitForParts(taken, outcome);
    return outcome.kind === 'snoozed' ? this.#delay(taken, outcome.delayMs) : outcome;
  }

  async #endBadly(taken: Taken, error: ContrailError): Promise<JobOutcome> {
    const { job, attempt } = taken;
    if (attempt.stopped === 'lock lost') return leaveUntouched();
    if (attempt.stopped === 'shutdown') return this.#giveBack(taken);
    const attempts = job.opts.attempts ?? 1;
    const decision = decideFailure({
      failureClass: error.failureClass,
      attempt: job.attemptsMade + 1,
      attempts,
    });
    return decision === 'throttle' ? this.#throttle(taken, error) : this.#fail(taken, error, decision === 'fail');
  }

  async #fail(taken: Taken, error: ContrailError, isFinal: boolean): Promise<never> {
    const { job } = taken;
    taken.notes.line(error.sentence);
    await this.#tell(taken, 'onFailure', (hooks) =>
      hooks.onFailure?.({ ...this.#facts(taken), error, final: isFinal }),
    );
    await taken.notes.written();
    const next = envelopeAfter(taken, error);
    if (next !== undefined) await job.updateData(next);
    throw toBullError(error, isFinal);
  }

  /** The attempt is not charged, unless the job was throttled for too long. */
  async #throttle(taken: Taken, error: ContrailError): Promise<never> {
    const { job, startedAt } = taken;
    const { throttleLimitMs, log } = this.#options;
    const envelope = throttledEnvelope(taken.envelope, this.#bullNow(taken));
    const { times, forMs } = envelope.throttled;
    const tooLong = throttledTooLong({ job: job.id ?? '', error, times, forMs, limitMs: throttleLimitMs });
    if (tooLong !== undefined) return this.#fail(taken, tooLong, !(this.kind.endures ?? false));
    const restMs = await this.#rest.refused(startedAt);
    if (restMs > 0) {
      log.warn(
        { queue: job.queueName, jobId: job.id, delayMs: restMs, error: error.sentence },
        'throttled: the queue rests',
      );
    }
    await this.#tell(taken, 'onThrottled', (hooks) =>
      hooks.onThrottled?.({ ...this.#facts(taken), error, restMs, times, forMs }),
    );
    taken.notes.line(`throttled ${times} times, for ${Math.round(forMs / 1000)} s by now: ${error.message}`);
    await taken.notes.written();
    await job.updateData(envelope);
    throw new RateLimitError();
  }

  async #delay(taken: Taken, delayMs: number): Promise<never> {
    const { job, token } = taken;
    await this.#move(job, () => job.moveToDelayed(Math.round(this.#bullNow(taken) + delayMs), token));
    throw new DelayedError();
  }

  /** BullMQ counts from its own clock, which a fixed clock of ours is not: what it wrote at the start, plus what passed. */
  #bullNow({ job, startedAt }: Taken): number {
    return (job.processedOn ?? job.timestamp) + (performance.now() - startedAt);
  }

  async #waitForParts(taken: Taken, outcome: Extract<JobOutcome, { kind: 'divided' }>): Promise<JobOutcome> {
    const { job, token, envelope } = taken;
    const { queueNamed, secret } = this.#options;
    try {
      await addParts({ job, envelope, outcome, parts: queueNamed(outcome.queue), secret: await secret() });
    } catch (error) {
      return this.#endBadly(taken, toContrailError(error));
    }
    // Parts can be quicker than this: then the job goes on at once.
    if (!(await job.moveToWaitingChildren(token))) return this.#giveBack(taken);
    throw new WaitingChildrenError();
  }

  async #giveBack({ job, token }: Taken): Promise<never> {
    await this.#move(job, () => job.moveToWait(token));
    throw new WaitingError();
  }

  /** A job that cannot be moved has a lost lock: the stall check brings it back. */
  async #move(job: Job, move: () => Promise<unknown>): Promise<void> {
    try {
      await move();
    } catch (error) {
      this.#options.log.warn({ queue: job.queueName, jobId: job.id, error: errorText(error) }, 'a job was not moved');
    }
  }

  async #tell({ job }: Taken, hook: string, call: (hooks: WorkerHooks) => Promise<void> | void): Promise<void> {
    try {
      await call(this.#options.hooks);
    } catch (error) {
      this.#options.log.error({ queue: job.queueName, jobId: job.id, hook, error: errorText(error) }, 'a hook failed');
    }
  }

  #facts({ job, envelope, startedAt }: Taken): AttemptFacts {
    return {
      queue: job.queueName,
      jobId: job.id ?? '',
      payload: envelope.payload,
      attempt: job.attemptsMade + 1,
      enqueuedAt: job.timestamp,
      durationMs: Math.round(performance.now() - startedAt),
    };
  }
}

/** What the envelope must be after a failed attempt, where it must change. */
function envelopeAfter({ job, envelope, forgetsParts }: Taken, error: ContrailError): JobEnvelope | undefined {
  const isCrashed = error.code === 'JOB_CRASHED';
  const { throttled, division, ...rest } = envelope;
  if (!isCrashed && !forgetsParts && throttled === undefined) return undefined;
  return {
    ...rest,
    ...(division === undefined || forgetsParts ? {} : { division }),
    ...(isCrashed ? { crashesForgiven: job.stalledCounter } : {}),
  };
}

/** BullMQ takes this for "moved already", and asks Redis for nothing. */
function leaveUntouched(): never {
  throw new WaitingError();
}

/** The board shows the stack only where it helps: of what we do not know. */
function toBullError(error: ContrailError, isFinal: boolean): Error {
  const text = failureText(error);
  const bullError = isFinal ? new UnrecoverableError(text) : new Error(text);
  const cause = error.code === 'INTERNAL' && error.cause instanceof Error ? error.cause : undefined;
  bullError.stack = cause?.stack ?? '';
  return bullError;
}
