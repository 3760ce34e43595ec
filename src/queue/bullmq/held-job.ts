/** A job that a worker on BullMQ holds, as the policy of the queue sees it. */
import type { Job, Queue } from 'bullmq';
import type { Clock } from '../../ports/clock.ts';
import type { EndedPart } from '../../ports/job-handler.ts';
import type { DividedOutcome } from '../attempt.ts';
import type { HeldJob } from '../attempt-runner.ts';
import { type JobEnvelope, readEnvelope } from '../job-envelope.ts';
import { addParts, divisionOf, endedParts, isSealedPart } from './division.ts';
import type { JobNotes } from './job-notes.ts';

export interface BullmqHeldJobOptions {
  readonly job: Job;
  readonly notes: JobNotes;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** What seals of parts and divisions are made with. */
  readonly secret: () => Promise<string>;
  /** The queue of that name, for parts of divided work. */
  readonly queueNamed: (name: string) => Queue;
  /** Whether the job with this nonce was cancelled. */
  readonly isCancelled: (nonce: string) => boolean;
  /** Whether the jobs of this backfill may not start. */
  readonly stopOf: (backfill: string) => 'paused' | 'cancelled' | undefined;
}

export class BullmqHeldJob implements HeldJob {
  readonly id: string;
  readonly queue: string;
  readonly charged: number;
  readonly attempts: number;
  readonly crashes: number;
  readonly enqueuedAt: number;
  readonly envelope: JobEnvelope;
  readonly #options: BullmqHeldJobOptions;
  readonly #takenAt: number;

  constructor(options: BullmqHeldJobOptions) {
    const { job, clock } = options;
    this.#options = options;
    this.#takenAt = clock.monotonic();
    this.id = job.id ?? '';
    this.queue = job.queueName;
    this.charged = job.attemptsMade;
    this.attempts = job.opts.attempts ?? 1;
    this.crashes = job.stalledCounter;
    this.enqueuedAt = job.timestamp;
    this.envelope = readEnvelope(job.data);
  }

  /** BullMQ's clock decides, whatever ours says: the time that it wrote when the job was taken, plus what has passed. */
  now(): number {
    const { job, clock } = this.#options;
    return (job.processedOn ?? job.timestamp) + (clock.monotonic() - this.#takenAt);
  }

  isCancelled(): boolean {
    return this.#options.isCancelled(this.envelope.nonce ?? '');
  }

  backfillStop(): 'paused' | 'cancelled' | undefined {
    const { backfill } = this.envelope;
    return backfill === undefined ? undefined : this.#options.stopOf(backfill);
  }

  progress(percent: number): void {
    this.#options.notes.progress(percent);
  }

  note(line: string): void {
    this.#options.notes.line(line);
  }

  written(): Promise<void> {
    return this.#options.notes.written();
  }

  async isMadeByWorker(): Promise<boolean> {
    return isSealedPart(this.#options.job, this.envelope, await this.#options.secret());
  }

  async partsLeft(): Promise<number> {
    const { unprocessed = 0 } = await this.#options.job.getDependenciesCount({ unprocessed: true });
    return unprocessed;
  }

  async division(): Promise<{ readonly state: unknown; readonly parts: EndedPart[] } | undefined> {
    const { job, secret } = this.#options;
    const division = divisionOf(job, this.envelope, await secret());
    return division && { state: division.state, parts: await endedParts(job, division) };
  }

  async addParts(work: DividedOutcome): Promise<void> {
    const { job, queueNamed, secret } = this.#options;
    const { envelope } = this;
    await addParts({ job, envelope, outcome: work, parts: queueNamed(work.queue), secret: await secret() });
  }
}
