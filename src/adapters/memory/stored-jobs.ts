/** Jobs of one process, as queues put them in and workers take them out. Several queues and pools may share them. */
import type { JobState, KnownJob } from '../../ports/job-queue.ts';
import type { EndedPart } from '../../ports/job-handler.ts';
import type { ContrailError } from '../../domain/errors.ts';
import { failureText, type JobEnvelope, parkingOf, readFailure } from '../../queue/job-envelope.ts';
import type { Throttling } from '../../queue/queue-rest.ts';

/** How far ahead the jobs of a paused backfill are held. */
export const HELD_MS = 365 * 86_400_000;

/** What a worker has of a job while it is at it; `lost` is aborted when the job is its own no more. */
export interface Hold {
  readonly lost: AbortController;
}

export interface StoredJob {
  readonly id: string;
  readonly queue: string;
  readonly name: string;
  readonly enqueuedAt: number;
  /** Later is larger; the clock may stand still. */
  readonly order: number;
  /** Smaller ones begin first. */
  readonly priority: number;
  /** The whole whose part it is. */
  readonly parent: StoredJob | undefined;
  envelope: JobEnvelope;
  state: JobState;
  /** Waits, not for a worker but for its parts. */
  waitsForParts: boolean;
  /** Attempts that were charged. */
  attempts: number;
  crashes: number;
  dueAt: number;
  hold: Hold | undefined;
  /** Somebody has cancelled it; its worker is to end it. */
  isCancelled: boolean;
  progress: number | undefined;
  finishedAt: number | undefined;
  failure: KnownJob['failure'];
  result: unknown;
  readonly lines: string[];
  /** Its parts that have ended, by id. */
  readonly endedParts: Map<string, EndedPart>;
}

/** What a job begins with. */
export type NewJob = Pick<StoredJob, 'id' | 'queue' | 'name' | 'enqueuedAt' | 'envelope'> & {
  readonly parent?: StoredJob;
  readonly dueAt?: number;
  readonly priority?: number;
};

interface StoredQueue {
  readonly jobs: Map<string, StoredJob>;
  /** Those that have not ended. */
  readonly open: Set<StoredJob>;
  isPaused: boolean;
  throttling: Throttling | undefined;
}

export class StoredJobs {
  /** Backfills whose jobs may not start. */
  readonly stoppedBackfills = new Map<string, 'paused' | 'cancelled'>();
  readonly #queues = new Map<string, StoredQueue>();
  readonly #listeners = new Set<() => void>();
  #order = 0;

  of(queue: string): StoredQueue {
    const known = this.#queues.get(queue);
    if (known !== undefined) return known;
    const made = { jobs: new Map(), open: new Set<StoredJob>(), isPaused: false, throttling: undefined };
    this.#queues.set(queue, made);
    return made;
  }

  /** Calls back after each change that may let a worker begin; returns what ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Puts a job in, in the place of one that has the id. */
  add({ parent, dueAt, priority = 0, ...job }: NewJob): StoredJob {
    const stored: StoredJob = {
      ...job,
      parent,
      priority,
      order: (this.#order += 1),
      state: dueAt === undefined ? 'waiting' : 'delayed',
      waitsForParts: false,
      attempts: 0,
      crashes: 0,
      dueAt: dueAt ?? 0,
      hold: undefined,
      isCancelled: false,
      progress: undefined,
      finishedAt: undefined,
      failure: undefined,
      result: undefined,
      lines: [],
      endedParts: new Map(),
    };
    const { jobs, open } = this.of(job.queue);
    const old = jobs.get(job.id);
    if (old !== undefined) open.delete(old);
    jobs.delete(job.id);
    jobs.set(job.id, stored);
    open.add(stored);
    return stored;
  }

  /** The next job that a worker may begin now, which is the worker's from then on. */
  take(queue: string, now: number): StoredJob | undefined {
    const { open, isPaused, throttling } = this.of(queue);
    if (isPaused || (throttling?.restsUntil ?? 0) > now) return undefined;
    let next: StoredJob | undefined;
    for (const job of open) {
      if (isReady(job, now) && (next === undefined || job.priority < next.priority)) next = job;
      if (next?.priority === 0) break;
    }
    if (next === undefined) return undefined;
    next.state = 'active';
    next.hold = { lost: new AbortController() };
    return next;
  }

  /** When there may be something to begin again, milliseconds since 1970; undefined: not by the passing of time alone. */
  nextDueAt(queue: string, now: number): number | undefined {
    const { open, isPaused, throttling } = this.of(queue);
    if (isPaused) return undefined;
    let next: number | undefined;
    for (const job of open) {
      const dueAt = isReady(job, now) ? now : job.state === 'delayed' ? job.dueAt : undefined;
      if (dueAt !== undefined && (next === undefined || dueAt < next)) next = dueAt;
    }
    return next === undefined ? undefined : Math.max(next, throttling?.restsUntil ?? 0);
  }

  /** The worker of a job is gone: the job waits again, with one more crash. */
  loseWorker(job: StoredJob, hold = job.hold): void {
    hold?.lost.abort();
    if (hold === undefined || job.hold !== hold) return;
    job.hold = undefined;
    job.crashes += 1;
    job.state = 'waiting';
    this.changed();
  }

  /** Cancels a job that has not ended; `ended`: no worker had it. */
  cancel(job: StoredJob, { error, now }: { readonly error: ContrailError; readonly now: number }): 'ended' | 'held' {
    const isHeld = job.state === 'active' || job.waitsForParts || job.parent !== undefined;
    if (isHeld) {
      job.isCancelled = true;
      const { queue = '', ids = [] } = job.envelope.division ?? {};
      for (const id of ids) {
        const part = this.of(queue).jobs.get(id);
        if (part !== undefined) part.isCancelled = true;
      }
      return 'held';
    }
    job.state = 'failed';
    job.failure = readFailure(failureText(error), job.envelope);
    job.finishedAt = now;
    this.ended(job);
    return 'ended';
  }

  /** A job that ended: its whole goes on when it was the last part. */
  ended(job: StoredJob): void {
    this.of(job.queue).open.delete(job);
    const { parent, id } = job;
    if (parent?.envelope.division?.ids.includes(id) !== true) return;
    parent.endedParts.set(id, job.failure === undefined ? { id, result: job.result } : { id, failure: job.failure });
    if (partsLeft(parent) > 0) return;
    parent.waitsForParts = false;
  }
}

/** How many parts of a job have not ended. */
export function partsLeft({ envelope, endedParts }: StoredJob): number {
  return (envelope.division?.ids ?? []).filter((id) => !endedParts.has(id)).length;
}

function isReady(job: StoredJob, now: number): boolean {
  return (job.state === 'waiting' && !job.waitsForParts) || (job.state === 'delayed' && job.dueAt <= now);
}

export function toKnownJob(job: StoredJob, id = job.id): KnownJob {
  const { queue, name, state, enqueuedAt, attempts, envelope } = job;
  return {
    id,
    queue,
    name,
    state,
    payload: envelope.payload,
    ...(envelope.backfill === undefined ? {} : { backfill: envelope.backfill }),
    enqueuedAt,
    attempts,
    ...(job.finishedAt !== undefined && { finishedAt: job.finishedAt }),
    ...(state === 'active' && job.progress !== undefined && { progress: job.progress }),
    ...(job.failure !== undefined && { failure: job.failure }),
    ...(state === 'delayed' && parkingOf(envelope)),
    ...(state === 'completed' && { result: job.result }),
  };
}

/** As in Redis, a job shares nothing with who made it, and what JSON cannot hold is lost. */
export function copyOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}
