/** Waits until queues are empty, or cannot be emptied. */
import type { Job, Queue } from 'bullmq';
import { type Deployment, isForeign } from '../../domain/deployment.ts';
import { ContrailError } from '../../domain/errors.ts';
import type { JobKind } from '../../jobs/job-kind.ts';
import type { Clock } from '../../ports/clock.ts';
import { HELD_MS } from './redis-backfill-scripts.ts';
import { readEnvelope } from '../job-envelope.ts';

const POLL_MS = 250;
/** A job may end in one queue and leave one in another between two looks, so a single look is not enough. */
const LOOKS_TO_BE_SURE = 2;
/** After this many attempts, an endlessly retried job counts as stuck. */
const FUTILE_ATTEMPTS = 5;
const MOST_DELAYED = 1_000;

export interface DrainedCrew {
  readonly queue: Queue;
  readonly kind: JobKind<unknown>;
}

export interface DrainingOptions {
  readonly crews: readonly DrainedCrew[];
  /** Queues of parts, which jobs of the other queues may wait for. */
  readonly partQueues: readonly Queue[];
  /** Jobs of other deployments do not count, because they wait for their own workers. */
  readonly deployment?: Deployment | undefined;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** The result of a look at a queue. */
interface Look extends DrainedCrew {
  readonly counts: Readonly<Record<string, number>>;
  readonly isPaused: boolean;
  readonly isIdle: boolean;
}

export class Draining {
  readonly #options: DrainingOptions;

  constructor(options: DrainingOptions) {
    this.#options = options;
  }

  /** Resolves with true when the queues are empty, with false when the signal came first. Throws QUEUE_STUCK. */
  async ended(): Promise<boolean> {
    const { signal } = this.#options;
    try {
      return await this.#untilEmpty();
    } catch (error) {
      // A pool that stops cuts its connections, also under a look.
      if (signal.aborted) return false;
      throw error;
    }
  }

  async #untilEmpty(): Promise<boolean> {
    const { clock, signal } = this.#options;
    for (let idleInARow = 0, stuckInARow = 0; idleInARow < LOOKS_TO_BE_SURE;) {
      if (signal.aborted) return false;
      const { deployment } = this.#options;
      const looks = await Promise.all(this.#options.crews.map((crew) => lookAt(crew, deployment)));
      const busy = looks.filter((look) => !look.isIdle);
      idleInARow = busy.length === 0 ? idleInARow + 1 : 0;
      const reason = busy.length === 0 ? undefined : await this.#whyStuck(busy);
      stuckInARow = reason === undefined ? 0 : stuckInARow + 1;
      if (reason !== undefined && stuckInARow >= LOOKS_TO_BE_SURE) throw reason;
      if (busy.every(({ kind }) => kind.gathers === true)) await Promise.all(busy.map(hurry));
      // Stopped meanwhile: the next round ends.
      await clock.sleep(POLL_MS, signal).catch(() => undefined);
    }
    return true;
  }

  /** The first reason, where there is one for each queue that is not empty. */
  async #whyStuck(busy: readonly Look[]): Promise<ContrailError | undefined> {
    const pausedParts = await firstPaused(this.#options.partQueues);
    const reasons = await Promise.all(busy.map((look) => reasonOf(look, pausedParts)));
    return reasons.every((reason) => reason !== undefined) ? reasons[0] : undefined;
  }
}

async function lookAt({ queue, kind }: DrainedCrew, deployment: Deployment | undefined): Promise<Look> {
  const [counts, isPaused, repeating] = await Promise.all([
    queue.getJobCounts(),
    queue.isPaused(),
    queue.getJobSchedulersCount(),
  ]);
  const { waiting = 0, prioritized = 0, active = 0, delayed = 0, 'waiting-children': parents = 0 } = counts;
  const isEmpty = waiting + prioritized + active + parents === 0;
  // Each repeating job keeps its next run ready.
  const isIdle = isEmpty && (delayed <= repeating || delayed - (await foreignDelayed(queue, deployment)) <= repeating);
  return { queue, kind, counts, isPaused, isIdle };
}

async function reasonOf(look: Look, pausedParts: Queue | undefined): Promise<ContrailError | undefined> {
  const { queue, counts, isPaused, kind } = look;
  const { waiting = 0, prioritized = 0, active = 0, delayed = 0 } = counts;
  if (active > 0) return undefined;
  if (isPaused) return pausedError(queue, waiting + prioritized + delayed);
  if (waiting + prioritized > 0) return undefined;
  if (delayed > 0) {
    if (await areHeld(queue)) return heldError(queue, delayed);
    return (await parkedError(queue)) ?? (kind.endures === true ? futileError(queue, delayed) : undefined);
  }
  return pausedParts === undefined ? undefined : pausedError(pausedParts, await pausedParts.getWaitingCount());
}

function pausedError(queue: Queue, jobs: number): ContrailError {
  const waiting = jobs === 1 ? '1 job waits' : `${jobs} jobs wait`;
  return new ContrailError('QUEUE_STUCK', `The queue ${queue.name} is paused; ${waiting} in it.`, {
    subject: queue.name,
    hint: `Resume it on the board (/queues/queue/${queue.name}), then start the worker again.`,
  });
}

/** Whether paused backfills hold all delayed jobs: even the next one is far ahead. */
async function areHeld(queue: Queue): Promise<boolean> {
  const [next] = await queue.getDelayed(0, 0);
  return next !== undefined && next.delay > HELD_MS / 2;
}

function heldError(queue: Queue, delayed: number): ContrailError {
  const held = delayed === 1 ? '1 job of the queue' : `${delayed} jobs of the queue`;
  return new ContrailError('QUEUE_STUCK', `${held} ${queue.name} wait, because their backfill is paused.`, {
    subject: queue.name,
    hint: 'See which with `contrail backfills`, and go on with `contrail backfill resume ID`.',
  });
}

/** Whether every remaining job has been retried too often. */
async function futileError(queue: Queue, delayed: number): Promise<ContrailError | undefined> {
  const jobs = await queue.getDelayed(0, MOST_DELAYED - 1);
  const [job] = jobs;
  if (job === undefined || jobs.some(({ attemptsMade }) => attemptsMade < FUTILE_ATTEMPTS)) return undefined;
  const left = delayed === 1 ? '1 job is' : `${delayed} jobs are`;
  return new ContrailError(
    'QUEUE_STUCK',
    `${left} left in the queue ${queue.name} after ${job.attemptsMade} attempts: ${job.failedReason}`,
    { subject: queue.name, hint: 'They stay in the queue, and the next worker retries them.' },
  );
}

/** Whether every remaining job waits for another version of Contrail. */
async function parkedError(queue: Queue): Promise<ContrailError | undefined> {
  const jobs = await queue.getDelayed(0, MOST_DELAYED - 1);
  const [first, ...others] = jobs.map((job) => readEnvelope(job.data).parked?.reason);
  if (first === undefined || others.includes(undefined)) return undefined;
  return new ContrailError(
    'QUEUE_STUCK',
    `The queue ${queue.name} has only jobs that this version cannot do: ${first}`,
    {
      subject: queue.name,
    },
  );
}

/** Jobs that only wait for more of the same may run now; failed ones wait out their delay. */
async function hurry({ queue }: Look): Promise<void> {
  const jobs = await queue.getDelayed(0, MOST_DELAYED - 1);
  await Promise.all(jobs.filter((job) => job.attemptsMade === 0).map(promote));
}

async function promote(job: Job): Promise<void> {
  // Its time came meanwhile.
  await job.promote().catch(() => undefined);
}

async function firstPaused(queues: readonly Queue[]): Promise<Queue | undefined> {
  for (const queue of queues) if (await queue.isPaused()) return queue;
  return undefined;
}

async function foreignDelayed(queue: Queue, deployment: Deployment | undefined): Promise<number> {
  if (deployment === undefined) return 0;
  let count = 0;
  for (let start = 0; ; start += MOST_DELAYED) {
    const jobs = await queue.getDelayed(start, start + MOST_DELAYED - 1);
    count += jobs.filter((job) => isForeign(readEnvelope(job.data).deployment, deployment)).length;
    if (jobs.length < MOST_DELAYED) return count;
  }
}
