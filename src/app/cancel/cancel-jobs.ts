/** Cancels jobs in whatever process they run, and waits until they have ended. */
import { ContrailError } from '../../domain/errors.ts';
import { groupBy } from '../../domain/group-by.ts';
import type { Backfills } from '../../ports/backfills.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JobQueue, KnownJob } from '../../ports/job-queue.ts';
import { recordFailure, type Recording } from '../attempts/record-attempts.ts';

/** Workers stop within two seconds, unless their connections must time out first. */
const LONGEST_WAIT_MS = 15_000;
const LOOK_EVERY_MS = 200;
const RECORDED_AT_ONCE = 100;

export interface CancelDependencies {
  readonly queue: Pick<JobQueue, 'cancel' | 'findEnded'>;
  /** For jobs of a backfill that no worker held. */
  readonly backfills: Pick<Backfills, 'end'>;
  /** For jobs that no worker held; workers record their own. */
  readonly recording: Recording;
  readonly clock: Clock;
}

/** `cancelled`: it will not run. `done`: it ended well before it could be stopped. `stopping`: it had not ended yet. */
export type CancelEnd = 'cancelled' | 'done' | 'stopping';

export interface CancelledJob {
  readonly job: KnownJob;
  readonly end: CancelEnd;
}

export async function cancelJobs(
  deps: CancelDependencies,
  jobs: readonly KnownJob[],
  signal: AbortSignal,
): Promise<CancelledJob[]> {
  const ends: CancelledJob[] = [];
  for (const [queue, ofQueue] of groupBy(jobs, (job) => job.queue)) {
    const { ended } = await deps.queue.cancel(
      queue,
      ofQueue.map(({ id }) => id),
      signal,
    );
    const waited = ofQueue.filter(({ id }) => ended.includes(id));
    await recordCancelled(deps, waited);
    const others = ofQueue.filter(({ id }) => !ended.includes(id));
    ends.push(
      ...waited.map((job) => ({ job, end: 'cancelled' as const })),
      ...(await awaitEnds(deps, queue, { jobs: others, signal })),
    );
  }
  return ends;
}

/** Of jobs that no worker held. */
export async function recordCancelled(
  { backfills, recording, clock }: Omit<CancelDependencies, 'queue'>,
  jobs: readonly KnownJob[],
): Promise<void> {
  for (let start = 0; start < jobs.length; start += RECORDED_AT_ONCE) {
    const some = jobs.slice(start, start + RECORDED_AT_ONCE);
    await Promise.all(some.map((job) => recordOne({ ...recording, clock }, job)));
  }
  for (const [id, ended] of groupBy(jobs, (job) => job.backfill)) {
    if (id !== undefined) await backfills.end(id, ended, { end: 'cancelled' });
  }
}

function recordOne(recording: Recording, job: KnownJob): Promise<void> {
  const { queue, id: jobId, payload, attempts, enqueuedAt } = job;
  const error = new ContrailError('CANCELLED', 'The job was cancelled while it was waiting.');
  const facts = { queue, jobId, payload, attempt: attempts + 1, enqueuedAt, durationMs: 0, error, final: true };
  return recordFailure(recording, facts);
}

interface Stopping {
  readonly jobs: readonly KnownJob[];
  readonly signal: AbortSignal;
}

async function awaitEnds(
  { queue, clock }: CancelDependencies,
  name: string,
  { jobs, signal }: Stopping,
): Promise<CancelledJob[]> {
  const ends = new Map<string, CancelEnd>();
  const deadline = clock.monotonic() + LONGEST_WAIT_MS;
  for (let open = jobs; open.length > 0; open = open.filter(({ id }) => !ends.has(id))) {
    const { ended, gone } = await queue.findEnded(
      name,
      open.map(({ id }) => id),
      signal,
    );
    for (const { id, state } of ended) ends.set(id, state === 'completed' ? 'done' : 'cancelled');
    for (const id of gone) ends.set(id, 'done');
    if (clock.monotonic() > deadline) break;
    if (ends.size < jobs.length) await clock.sleep(LOOK_EVERY_MS, signal);
  }
  return jobs.map((job) => ({ job, end: ends.get(job.id) ?? 'stopping' }));
}
