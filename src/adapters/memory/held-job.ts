/** A job in memory that a worker holds, and what becomes of it. */
import type { WallClock } from '../../ports/clock.ts';
import type { EndedPart } from '../../ports/job-handler.ts';
import type { DividedOutcome, Step } from '../../queue/attempt.ts';
import type { HeldJob } from '../../queue/attempt-runner.ts';
import { failureText, type JobEnvelope, NO_ENVELOPE, readFailure } from '../../queue/job-envelope.ts';
import { copyOf, HELD_MS, type Hold, partsLeft, type StoredJob, type StoredJobs } from './stored-jobs.ts';

const RESUMED_DELAY_MS = 1_000;

export interface MemoryHeldJobOptions {
  readonly job: StoredJob;
  readonly jobs: StoredJobs;
  /** Decides when delays are over, too: there is no other clock. */
  readonly clock: WallClock;
  readonly attempts: number;
}

export class MemoryHeldJob implements HeldJob {
  readonly id: string;
  readonly queue: string;
  readonly charged: number;
  readonly attempts: number;
  readonly crashes: number;
  readonly enqueuedAt: number;
  readonly envelope: JobEnvelope;
  readonly #job: StoredJob;
  readonly #jobs: StoredJobs;
  readonly #clock: WallClock;
  readonly #hold: Hold | undefined;

  constructor({ job, jobs, clock, attempts }: MemoryHeldJobOptions) {
    this.#job = job;
    this.#jobs = jobs;
    this.#clock = clock;
    this.#hold = job.hold;
    this.id = job.id;
    this.queue = job.queue;
    this.charged = job.attempts;
    this.attempts = attempts;
    this.crashes = job.crashes;
    this.enqueuedAt = job.enqueuedAt;
    this.envelope = job.envelope;
  }

  /** Aborted when the job is somebody else's. */
  get lost(): AbortSignal | undefined {
    return this.#hold?.lost.signal;
  }

  now(): number {
    return this.#clock.now();
  }

  isCancelled(): boolean {
    return this.#job.isCancelled;
  }

  backfillStop(): 'paused' | 'cancelled' | undefined {
    return this.#jobs.stoppedBackfills.get(this.envelope.backfill ?? '');
  }

  progress(percent: number): void {
    this.#job.progress = percent;
  }

  note(line: string): void {
    this.#job.lines.push(line);
  }

  async written(): Promise<void> {}

  /** Parts have a whole, which only workers give them. */
  async isMadeByWorker(): Promise<boolean> {
    return this.#job.parent !== undefined;
  }

  async partsLeft(): Promise<number> {
    return partsLeft(this.#job);
  }

  async division(): Promise<{ readonly state: unknown; readonly parts: readonly EndedPart[] } | undefined> {
    const { division } = this.envelope;
    if (division === undefined) return undefined;
    return { state: division.state, parts: division.ids.flatMap((id) => this.#job.endedParts.get(id) ?? []) };
  }

  async addParts({ queue, parts, state }: DividedOutcome): Promise<void> {
    if (!this.#isHeld()) return;
    const parent = this.#job;
    const { deployment } = this.envelope;
    parent.endedParts.clear();
    parent.envelope = { ...this.envelope, division: { queue, ids: parts.map(({ id }) => id), state: copyOf(state) } };
    for (const { id, name, payload } of parts) {
      const envelope = {
        ...NO_ENVELOPE,
        payload: copyOf(payload),
        ...(deployment === undefined ? {} : { deployment }),
      };
      this.#jobs.add({ id, queue, name, parent, envelope, enqueuedAt: this.now() });
    }
  }

  /** Does with the job what was decided. Gives false, having done nothing, where it is somebody else's by now. */
  carryOut({ verdict, envelope }: Step): boolean {
    if (!this.#isHeld()) return false;
    const job = this.#job;
    if (envelope !== undefined) job.envelope = envelope;
    job.hold = undefined;
    switch (verdict.kind) {
      case 'done':
        this.#end({ state: 'completed', result: copyOf(verdict.outcome) });
        break;
      case 'fail':
        this.#end({ state: 'failed', failure: readFailure(failureText(verdict.error), job.envelope) });
        break;
      case 'retry':
        job.attempts += 1;
        this.#delay(verdict.delayMs);
        break;
      case 'snooze':
        this.#delay(Math.max(1, Math.round(verdict.delayMs)));
        break;
      case 'hold':
        this.#delay(this.backfillStop() === 'paused' ? HELD_MS : RESUMED_DELAY_MS);
        break;
      case 'wait for parts':
        job.state = 'waiting';
        job.waitsForParts = partsLeft(job) > 0;
        break;
      case 'throttle':
      case 'give back':
      case 'leave':
        job.state = 'waiting';
        break;
    }
    this.#jobs.changed();
    return true;
  }

  #isHeld(): boolean {
    return this.#job.hold !== undefined && this.#job.hold === this.#hold;
  }

  #delay(delayMs: number): void {
    this.#job.state = delayMs > 0 ? 'delayed' : 'waiting';
    this.#job.dueAt = this.now() + delayMs;
  }

  #end(end: Pick<StoredJob, 'state'> & Partial<Pick<StoredJob, 'result' | 'failure'>>): void {
    Object.assign(this.#job, end, { attempts: this.#job.attempts + 1, finishedAt: this.now() });
    this.#jobs.ended(this.#job);
  }
}
