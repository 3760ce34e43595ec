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
import { type Deployment, isForeign } from '../domain/deployment.ts';
import { ContrailError, errorText, toContrailError } from '../domain/errors.ts';
import type { JobOutcome } from '../domain/outcome.ts';
import type { JobHandler } from '../jobs/job-handler.ts';
import type { JobKind } from '../jobs/job-kind.ts';
import type { Log } from '../ports/log.ts';
import { type Random, type ThrottlePolicy, throttleDelayMs } from './backoff.ts';
import { addParts, endedParts } from './division.ts';
import { decideFailure } from './failure-decision.ts';
import { ForeignJobs } from './foreign-jobs.ts';
import { failureText, type JobEnvelope, readEnvelope } from './job-envelope.ts';
import { JobNotes } from './job-notes.ts';
import { RunningAttempt, type StopReason } from './running-attempt.ts';
import type { AttemptFacts, WorkerHooks } from './worker-events.ts';

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
  readonly random: Random;
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
  readonly startedAt: number;
}

/** Processes the jobs of one queue; whatever `process` throws is addressed to BullMQ. */
export class QueueRunner {
  readonly #options: QueueRunnerOptions;
  readonly #running = new Map<string, RunningAttempt>();
  readonly #foreign: ForeignJobs;
  #isRefusing = false;
  #refusalsInARow = 0;

  constructor(options: QueueRunnerOptions) {
    this.#options = options;
    this.#foreign = new ForeignJobs(options);
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
    const taken = { job, token, envelope: readEnvelope(job.data), attempt, startedAt };
    if (this.#isRefusing) return this.#giveBack(taken);
    const owner = taken.envelope.deployment;
    if (isForeign(owner, this.#options.deployment)) return this.#delay(taken, await this.#foreign.refuse(job, owner));
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
    const notes = new JobNotes(taken.job, this.#options.log);
    let outcome: JobOutcome;
    try {
      this.#refuseCrashed(taken);
      outcome = await taken.attempt.waitFor(this.#handle(taken, notes));
    } catch (thrown) {
      const error = toContrailError(thrown);
      if (taken.attempt.stopped === undefined) notes.line(error.sentence);
      if (taken.attempt.stopped !== 'lock lost') await notes.written();
      return this.#endBadly(taken, error);
    }
    if (taken.attempt.stopped !== 'lock lost') await notes.written();
    return this.#endWell(taken, outcome);
  }

  async #handle({ job, envelope, attempt }: Taken, notes: JobNotes): Promise<JobOutcome> {
    const { handler } = this.#options;
    const payload = handler.kind.payload.safeParse(envelope.payload);
    if (!payload.success) {
      const [issue] = payload.error.issues;
      const where = issue === undefined || issue.path.length === 0 ? 'payload' : issue.path.join('.');
      throw new ContrailError(
        'PAYLOAD_INVALID',
        `A job of ${job.queueName} is not readable: ${where}: ${issue?.message}.`,
      );
    }
    const { division } = envelope;
    return handler.handle(payload.data, {
      jobId: job.id ?? '',
      attempt: job.attemptsMade + 1,
      attempts: job.opts.attempts ?? 1,
      signal: attempt.signal,
      enqueuedAt: job.timestamp,
      failedRounds: envelope.failedRounds,
      progress: (fraction) => notes.progress(fraction),
      log: (line) => notes.line(line),
      ...(division === undefined ? {} : { divided: { state: division.state, parts: await endedParts(job, division) } }),
    });
  }

  #refuseCrashed({ job, envelope }: Taken): void {
    const crashes = job.stalledCounter - envelope.crashesForgiven;
    if (crashes < this.#options.crashLimit) return;
    throw new ContrailError('JOB_CRASHED', `The worker ended ${crashes} times while it was at this job.`, {
      hint: 'See the logs of the workers for what ended them, memory above all.',
    });
  }

  async #endWell(taken: Taken, outcome: JobOutcome): Promise<JobOutcome> {
    this.#refusalsInARow = 0;
    if (outcome.kind !== 'snoozed' && outcome.kind !== 'divided') {
      await this.#tell(taken, 'onOutcome', () => this.#options.hooks.onOutcome?.({ ...this.#facts(taken), outcome }));
    }
    if (taken.attempt.stopped === 'lock lost') return leaveUntouched();
    if (outcome.kind === 'divided') return this.#waitForParts(taken, outcome);
    return outcome.kind === 'snoozed' ? this.#delay(taken, outcome.delayMs) : outcome;
  }

  async #endBadly(taken: Taken, error: ContrailError): Promise<JobOutcome> {
    const { job, envelope, attempt } = taken;
    if (attempt.stopped === 'lock lost') return leaveUntouched();
    if (attempt.stopped === 'shutdown') return this.#giveBack(taken);
    const facts = this.#facts(taken);
    const attempts = job.opts.attempts ?? 1;
    const decision = decideFailure({ failureClass: error.failureClass, attempt: facts.attempt, attempts });
    if (decision === 'throttle') return this.#throttle(taken, error);
    await this.#tell(taken, 'onFailure', () =>
      this.#options.hooks.onFailure?.({ ...facts, error, final: decision === 'fail' }),
    );
    if (error.code === 'JOB_CRASHED') await job.updateData({ ...envelope, crashesForgiven: job.stalledCounter });
    throw toBullError(error, decision === 'fail');
  }

  async #throttle({ job }: Taken, error: ContrailError): Promise<never> {
    this.#refusalsInARow += 1;
    const { throttle, random, rest, log } = this.#options;
    const delayMs = throttleDelayMs(throttle, this.#refusalsInARow, random);
    log.warn({ queue: job.queueName, jobId: job.id, delayMs, error: error.sentence }, 'throttled: the queue rests');
    await rest(delayMs);
    throw new RateLimitError();
  }

  async #delay({ job, token, startedAt }: Taken, delayMs: number): Promise<never> {
    // BullMQ counts from its own clock, which a fixed clock of ours is not: what it wrote at the start, plus what passed.
    const now = (job.processedOn ?? job.timestamp) + (performance.now() - startedAt);
    await this.#move(job, () => job.moveToDelayed(Math.round(now + delayMs), token));
    throw new DelayedError();
  }

  async #waitForParts(taken: Taken, outcome: Extract<JobOutcome, { kind: 'divided' }>): Promise<JobOutcome> {
    const { job, token, envelope } = taken;
    try {
      await addParts(job, envelope, outcome, this.#options.queueNamed(outcome.queue));
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

  async #tell({ job }: Taken, hook: string, call: () => Promise<void> | void): Promise<void> {
    try {
      await call();
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
