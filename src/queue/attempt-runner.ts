/** Runs attempts at the jobs of one queue and returns a verdict for each, which the job's keeper carries out. */
import { type Deployment, isForeign } from '../domain/deployment.ts';
import { type ContrailError, errorText, toContrailError } from '../domain/errors.ts';
import type { JobOutcome } from '../domain/outcome.ts';
import type { JobKind } from '../jobs/job-kind.ts';
import { type JobFields, jobFields } from '../jobs/log-fields.ts';
import type { Clock } from '../ports/clock.ts';
import type { EndedPart, JobContext, JobHandler } from '../ports/job-handler.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import {
  type AttemptEnd,
  checkedPayload,
  type DividedOutcome,
  settleFailure,
  settleOutcome,
  type Step,
  type TakenJob,
  type Told,
  turnAway,
} from './attempt.ts';
import type { ThrottlePolicy } from './backoff.ts';
import { ForeignJobs } from './foreign-jobs.ts';
import { ParkedJobs, parkUnknown } from './parked-job.ts';
import { type QueueRest, restDelaysMs } from './queue-rest.ts';
import { watchSlowWork } from './slow-work.ts';
import { RunningAttempt, type StopReason } from './running-attempt.ts';
import type { AttemptFacts, WorkerHooks } from './worker-events.ts';

export interface AttemptRunnerOptions {
  readonly handler: JobHandler<unknown>;
  /** Jobs of other deployments are returned; if absent, none are. */
  readonly deployment: Deployment | undefined;
  readonly hooks: WorkerHooks;
  readonly log: Log;
  /** A job fails for good after this many crashes of workers. */
  readonly crashLimit: number;
  readonly throttle: ThrottlePolicy;
  /** How long jobs wait whose payload is of another version of Contrail. */
  readonly parking: ThrottlePolicy;
  /** How long a job may be throttled before it fails, milliseconds. */
  readonly throttleLimitMs: number;
  readonly rest: QueueRest;
  readonly clock: Pick<Clock, 'monotonic' | 'startTimer'>;
  readonly random: Random;
}

/** A job held by a worker, with the operations that only its keeper can do. */
export interface HeldJob extends TakenJob {
  /** By the queue's clock, milliseconds since 1970. */
  readonly enqueuedAt: number;
  /** The time by the queue's clock, which decides on its delays and limits. */
  now(): number;
  /** Whether somebody has cancelled it, as far as this process knows by now. */
  isCancelled(): boolean;
  /** Whether its backfill is paused or cancelled, as far as this process knows by now. */
  backfillStop(): 'paused' | 'cancelled' | undefined;
  /** In whole percent. */
  progress(percent: number): void;
  /** Adds a line to the job's log. */
  note(line: string): void;
  /** Resolves when progress and lines are written or given up. */
  written(): Promise<void>;
  /** Whether a worker made this part. */
  isMadeByWorker(): Promise<boolean>;
  /** How many of its parts have not ended. */
  partsLeft(): Promise<number>;
  /** The division of an earlier attempt; undefined if no worker made one. */
  division(): Promise<{ readonly state: unknown; readonly parts: readonly EndedPart[] } | undefined>;
  /** Adds the parts and notes them in the job, atomically. */
  addParts(work: DividedOutcome): Promise<void>;
}

interface Run {
  readonly job: HeldJob;
  readonly attempt: RunningAttempt;
  readonly startedAt: number;
  forgetsParts: boolean;
}

export class AttemptRunner {
  readonly #options: AttemptRunnerOptions;
  readonly #running = new Map<string, Run>();
  readonly #foreign: ForeignJobs;
  readonly #parked: ParkedJobs;
  #isStopping = false;

  constructor(options: AttemptRunnerOptions) {
    this.#options = options;
    this.#foreign = new ForeignJobs(options);
    this.#parked = new ParkedJobs(options.log);
  }

  get kind(): JobKind<unknown> {
    return this.#options.handler.kind;
  }

  get runningCount(): number {
    return this.#running.size;
  }

  /** From now on, new jobs are returned untouched. */
  refuse(): void {
    this.#isStopping = true;
  }

  /** Stops the attempts at these jobs, or all. Returns the ids of those that were running. */
  stop(reason: StopReason, jobIds: Iterable<string> = [...this.#running.keys()]): string[] {
    const stopped = [...jobIds].filter((id) => this.#running.has(id));
    for (const id of stopped) this.#running.get(id)?.attempt.stop(reason);
    return stopped;
  }

  /** Stops the attempts at jobs that were cancelled in another process. */
  stopCancelled(): void {
    for (const { job, attempt } of this.#running.values()) if (job.isCancelled()) attempt.stop('cancelled');
  }

  /** Stops waiting for handlers that do not stop. */
  abandon(): void {
    for (const { attempt } of this.#running.values()) attempt.abandon();
  }

  /** One attempt at one job, except carrying out the verdict. `lost` aborts when the job's lock is lost. */
  async run(job: HeldJob, lost?: AbortSignal): Promise<Step> {
    const { deployment, random } = this.#options;
    const earlier = this.#running.get(job.id);
    const arrival = {
      isStopping: this.#isStopping,
      isRunningHere: earlier !== undefined,
      deployment,
      random,
    };
    const verdict = turnAway(job, arrival);
    if (verdict !== undefined) {
      const owner = job.envelope.deployment;
      if (verdict.kind === 'give back') return { verdict };
      if (isForeign(owner, deployment)) this.#foreign.note(job, owner);
      // A job only comes back if its lock was lost, which its keeper may no longer be able to report.
      else earlier?.attempt.stop('lock lost');
      await job.written();
      return { verdict };
    }
    const attempt = new RunningAttempt();
    const run = { job, attempt, startedAt: this.#options.clock.monotonic(), forgetsParts: false };
    const onLost = () => attempt.stop('lock lost');
    this.#running.set(job.id, run);
    lost?.addEventListener('abort', onLost, { once: true });
    const { clock, hooks } = this.#options;
    const endWatch = watchSlowWork(clock, () => hooks.onSlow?.(this.#facts(run)));
    try {
      return await this.#attempt(run);
    } finally {
      endWatch();
      lost?.removeEventListener('abort', onLost);
      this.#running.delete(job.id);
    }
  }

  async #attempt(run: Run): Promise<Step> {
    let outcome: JobOutcome;
    try {
      // A worker that died after it added the parts left the whole job among the active ones.
      if (run.job.envelope.division !== undefined && (await run.job.partsLeft()) > 0) {
        return { verdict: { kind: 'wait for parts' } };
      }
      const stop = run.job.backfillStop();
      if (run.job.isCancelled() || stop === 'cancelled') {
        run.attempt.stop('cancelled');
        return await this.#endBadly(run, run.attempt.signal.reason);
      }
      if (stop === 'paused') return { verdict: { kind: 'hold' } };
      const parked = await this.#park(run.job);
      if (parked !== undefined) return await this.#tellAll(run, parked);
      outcome = await run.attempt.waitFor(this.#handle(run));
    } catch (error) {
      return this.#endBadly(run, error);
    }
    // A snoozed attempt may have sent the service no request.
    if (outcome.kind !== 'snoozed') void this.#options.rest.succeeded(this.#ranMs(run));
    const step = settleOutcome(run.job, outcome, this.#endOf(run));
    if (step.verdict.kind === 'wait for parts' && step.verdict.work !== undefined) {
      return this.#divide(run, step, step.verdict.work);
    }
    return this.#tellAll(run, step);
  }

  /** A part that no worker has made is refused, whatever its payload. */
  async #park(job: HeldJob): Promise<Step | undefined> {
    const { parking: policy, random } = this.#options;
    const step = parkUnknown(job, this.kind, { policy, now: job.now(), random });
    return step !== undefined && (await this.#isGenuine(job)) ? step : undefined;
  }

  async #isGenuine(job: HeldJob): Promise<boolean> {
    return this.kind.isPart !== true || (await job.isMadeByWorker());
  }

  async #handle(run: Run): Promise<JobOutcome> {
    const { job, attempt } = run;
    const { handler, crashLimit } = this.#options;
    const isMadeByWorker = await this.#isGenuine(job);
    const payload = checkedPayload(job, handler.kind, { crashLimit, isMadeByWorker });
    return handler.handle(payload, {
      jobId: job.id,
      attempt: job.charged + 1,
      attempts: job.attempts,
      signal: attempt.signal,
      enqueuedAt: job.enqueuedAt,
      waitedMs: Math.max(0, job.now() - job.enqueuedAt),
      failedRounds: job.envelope.failedRounds,
      progress: (fraction) => job.progress(toPercent(fraction)),
      log: (line) => job.note(line),
      ...(await this.#dividedWork(run)),
    });
  }

  async #dividedWork(run: Run): Promise<Pick<JobContext, 'divided'>> {
    const { job } = run;
    if (job.envelope.division === undefined) return {};
    const division = await job.division();
    if (division === undefined) {
      this.#options.log.warn(this.#fields(job), 'a division that no worker of this installation made was ignored');
      return {};
    }
    const forget = () => {
      run.forgetsParts = true;
    };
    return { divided: { ...division, forget } };
  }

  async #divide(run: Run, step: Step, work: DividedOutcome): Promise<Step> {
    await run.job.written();
    try {
      await run.job.addParts(work);
    } catch (error) {
      return this.#endBadly(run, error);
    }
    return step;
  }

  #endBadly(run: Run, error: unknown): Promise<Step> {
    return this.#tellAll(run, settleFailure(run.job, toContrailError(error), this.#endOf(run)));
  }

  #endOf({ job, attempt, forgetsParts }: Run): AttemptEnd {
    const { throttleLimitMs, random } = this.#options;
    return {
      kind: this.kind,
      stopped: attempt.stopped,
      forgetsParts,
      throttleLimitMs,
      now: job.now(),
      random,
    };
  }

  /** Records come first: they must not wait for a queue that is away, as notes do. */
  async #tellAll(run: Run, step: Step): Promise<Step> {
    const { told, note, verdict } = step;
    if (note !== undefined && (told?.hook === 'onFailure' || told?.hook === 'onParked')) run.job.note(note);
    const restMs = told?.hook === 'onThrottled' ? await this.#restQueue(run, told.error) : 0;
    if (told !== undefined) await this.#tell(run, told, restMs);
    if (note !== undefined && told?.hook === 'onThrottled') run.job.note(note);
    if (verdict.kind !== 'leave' && verdict.kind !== 'give back') await run.job.written();
    return step;
  }

  async #tell(run: Run, told: Told, restMs: number): Promise<void> {
    const { hooks, log } = this.#options;
    try {
      switch (told.hook) {
        case 'onOutcome':
          return await hooks.onOutcome?.({ ...this.#facts(run), outcome: told.outcome });
        case 'onFailure':
          return await hooks.onFailure?.({ ...this.#facts(run), error: told.error, final: told.final });
        case 'onParked':
          this.#parked.tell(run.job, told.reason);
          return await hooks.onParked?.({ queue: run.job.queue, jobId: run.job.id, reason: told.reason });
        case 'onThrottled': {
          const { error, times, forMs } = told;
          return await hooks.onThrottled?.({ ...this.#facts(run), error, restMs, times, forMs });
        }
      }
    } catch (error) {
      log.error({ ...this.#fields(run.job), hook: told.hook, error: errorText(error) }, 'a hook failed');
    }
  }

  async #restQueue(run: Run, error: ContrailError): Promise<number> {
    const { rest, throttle, random, log } = this.#options;
    const restMs = await rest.refused({
      ranMs: this.#ranMs(run),
      delaysMs: restDelaysMs(throttle, random.fraction()),
    });
    if (restMs === 0) return 0;
    const fields = { ...this.#fields(run.job), delayMs: restMs, error: error.sentence };
    log.warn(fields, 'throttled: the queue rests');
    return restMs;
  }

  #fields(job: HeldJob): JobFields {
    const place = { queue: job.queue, jobId: job.id, attempt: job.charged + 1 };
    return jobFields(place, job.envelope.payload, this.kind);
  }

  #ranMs({ startedAt }: Run): number {
    return this.#options.clock.monotonic() - startedAt;
  }

  #facts(run: Run): AttemptFacts {
    const { job } = run;
    return {
      queue: job.queue,
      jobId: job.id,
      payload: job.envelope.payload,
      ...(job.envelope.backfill === undefined ? {} : { backfill: job.envelope.backfill }),
      attempt: job.charged + 1,
      enqueuedAt: job.enqueuedAt,
      durationMs: Math.round(this.#ranMs(run)),
    };
  }
}

function toPercent(fraction: number): number {
  return Math.round(Math.min(1, Math.max(0, Number.isFinite(fraction) ? fraction : 0)) * 100);
}
