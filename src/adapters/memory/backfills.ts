/** Backfills kept in memory, beside the jobs of a `MemoryJobQueue`. */
import type { WallClock } from '../../ports/clock.ts';
import {
  type Backfill,
  type BackfillEnd,
  type Backfills,
  type BackfillState,
  type JobEnd,
  type NewBackfill,
} from '../../ports/backfills.ts';
import type { JobReference } from '../../ports/job-queue.ts';
import { HELD_MS, type StoredJob, type StoredJobs } from './stored-jobs.ts';

const KEPT_MS = 30 * 86_400_000;
const MOST_LISTED = 100;
const BATCH = 500;

interface KeptBackfill {
  readonly asked: NewBackfill;
  readonly open: Map<string, JobReference>;
  readonly ended: Record<BackfillEnd, number>;
  state: BackfillState;
  isEnqueued: boolean;
  usd: number;
  changedAt: number;
}

export interface MemoryBackfillsOptions {
  /** Of the queue that its jobs are in. */
  readonly jobs: StoredJobs;
  readonly clock: WallClock;
}

export class MemoryBackfills implements Backfills {
  readonly #jobs: StoredJobs;
  readonly #clock: WallClock;
  readonly #kept = new Map<string, KeptBackfill>();

  constructor({ jobs, clock }: MemoryBackfillsOptions) {
    this.#jobs = jobs;
    this.#clock = clock;
  }

  async create(asked: NewBackfill): Promise<boolean> {
    if (this.#look(asked.id) !== undefined) return false;
    const ended = { published: 0, unchanged: 0, failed: 0, cancelled: 0, gone: 0 };
    const changedAt = this.#clock.now();
    this.#kept.set(asked.id, { asked, open: new Map(), ended, state: 'running', isEnqueued: false, usd: 0, changedAt });
    return true;
  }

  async join(id: string, jobs: readonly JobReference[]): Promise<BackfillState | undefined> {
    const kept = this.#look(id);
    if (kept === undefined || kept.state === 'cancelled') return kept?.state;
    for (const job of jobs) kept.open.set(keyOf(job), job);
    this.#touch(kept);
    return kept.state;
  }

  async leave(id: string, jobs: readonly JobReference[]): Promise<BackfillState | undefined> {
    const kept = this.#look(id);
    if (kept === undefined) return undefined;
    for (const job of jobs) kept.open.delete(keyOf(job));
    if (jobs.length > 0) this.#touch(kept);
    return kept.state;
  }

  async complete(id: string): Promise<void> {
    const kept = this.#look(id);
    if (kept === undefined) return;
    const isEmpty = kept.open.size === 0 && Object.values(kept.ended).every((count) => count === 0);
    if (isEmpty) this.#kept.delete(id);
    kept.isEnqueued = true;
    this.#touch(kept);
  }

  async end(id: string, jobs: readonly JobReference[], { end, usd = 0 }: JobEnd): Promise<void> {
    const kept = this.#look(id);
    const ended = jobs.filter((job) => kept?.open.delete(keyOf(job)) === true).length;
    if (kept === undefined || ended === 0) return;
    kept.ended[end] += ended;
    kept.usd += usd;
    this.#touch(kept);
  }

  async find(id: string): Promise<Backfill | undefined> {
    const kept = this.#look(id);
    if (kept === undefined) return undefined;
    const { asked, open, ended, state, isEnqueued, usd, changedAt } = kept;
    const running = [...open.values()].filter((job) => {
      const stored = this.#stored(job);
      return stored?.state === 'active' || stored?.waitsForParts === true;
    });
    const counts = { open: open.size, running: running.length, ended: { ...ended } };
    return { ...asked, state, isEnqueued, ...counts, usd, changedAt };
  }

  async list(): Promise<readonly Backfill[]> {
    const found = await Promise.all([...this.#kept.keys()].map((id) => this.find(id)));
    return found
      .filter((backfill) => backfill !== undefined)
      .sort((a, b) => b.at - a.at)
      .slice(0, MOST_LISTED);
  }

  async *openJobs(id: string): AsyncIterable<readonly JobReference[]> {
    const jobs = [...(this.#look(id)?.open.values() ?? [])];
    for (let start = 0; start < jobs.length; start += BATCH) yield jobs.slice(start, start + BATCH);
  }

  async setState(id: string, state: BackfillState): Promise<BackfillState | undefined> {
    const kept = this.#look(id);
    if (kept === undefined || kept.state === 'cancelled') return kept?.state;
    kept.state = state;
    if (state === 'running') this.#jobs.stoppedBackfills.delete(id);
    else this.#jobs.stoppedBackfills.set(id, state);
    this.#touch(kept);
    return state;
  }

  async align(id: string, jobs: readonly JobReference[]): Promise<number> {
    const now = this.#clock.now();
    const isPaused = this.#look(id)?.state === 'paused';
    const ours = jobs.flatMap((job) => this.#stored(job) ?? []).filter(({ envelope }) => envelope.backfill === id);
    const moved = ours.filter((job) => (isPaused ? hold(job, now) : letGo(job, now)));
    this.#jobs.changed();
    return moved.length;
  }

  async close(): Promise<void> {}

  #stored({ queue, id }: JobReference): StoredJob | undefined {
    return this.#jobs.of(queue).jobs.get(id);
  }

  #look(id: string): KeptBackfill | undefined {
    const kept = this.#kept.get(id);
    const isOld = kept !== undefined && kept.state !== 'paused' && this.#clock.now() - kept.changedAt > KEPT_MS;
    if (isOld) this.#kept.delete(id);
    return isOld ? undefined : kept;
  }

  #touch(kept: KeptBackfill): void {
    kept.changedAt = this.#clock.now();
  }
}

function keyOf({ queue, id }: JobReference): string {
  return `${queue}:${id}`;
}

function isHeld(job: StoredJob, now: number): boolean {
  return job.state === 'delayed' && job.dueAt > now + HELD_MS / 2;
}

function hold(job: StoredJob, now: number): boolean {
  const waits = (job.state === 'waiting' && !job.waitsForParts) || job.state === 'delayed';
  if (!waits || isHeld(job, now)) return false;
  Object.assign(job, { state: 'delayed', dueAt: now + HELD_MS });
  return true;
}

function letGo(job: StoredJob, now: number): boolean {
  if (!isHeld(job, now)) return false;
  Object.assign(job, { state: 'waiting', dueAt: now });
  return true;
}
