/** Finds jobs of a backfill whose ends nobody noted: their worker was killed, Redis was away, or the board removed them. */
import { groupBy } from '../../domain/group-by.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { Backfill, Backfills } from '../../ports/backfills.ts';
import type { JobQueue, JobReference } from '../../ports/job-queue.ts';
import { endOfKnown } from './job-ends.ts';

/** Jobs join a moment before they are enqueued, so a backfill that has just changed is left alone. */
const QUIET_MS = 60_000;

export interface SettleDependencies {
  readonly queue: Pick<JobQueue, 'findEnded'>;
  readonly backfills: Backfills;
  readonly clock: WallClock;
}

/** The backfill as it is now. Asks the queue only if nothing has changed for a minute; a thousand jobs cost a few commands. */
export async function settleBackfill(
  deps: SettleDependencies,
  backfill: Backfill,
  signal: AbortSignal,
): Promise<Backfill> {
  if (backfill.open === 0 || deps.clock.now() - backfill.changedAt < QUIET_MS) return backfill;
  for await (const jobs of deps.backfills.openJobs(backfill.id)) await settleJobs(deps, backfill, { jobs, signal });
  return (await deps.backfills.find(backfill.id)) ?? backfill;
}

export interface SettledJobs {
  readonly jobs: readonly JobReference[];
  readonly signal: AbortSignal;
}

/** Notes the ends of those that have ended, and of those that are gone. */
export async function settleJobs(
  { queue, backfills }: Omit<SettleDependencies, 'clock'>,
  { id, state }: Backfill,
  { jobs, signal }: SettledJobs,
): Promise<void> {
  for (const [name, ofQueue] of groupBy(jobs, (job) => job.queue)) {
    const ids = ofQueue.map((job) => job.id);
    const { ended, gone } = await queue.findEnded(name, ids, signal);
    for (const [end, same] of groupBy(ended, endOfKnown)) await backfills.end(id, same, { end });
    // A cancelled backfill's jobs that never reached the queue are cancelled like the others.
    const missing = gone.map((job) => ({ queue: name, id: job }));
    if (missing.length > 0) await backfills.end(id, missing, { end: state === 'cancelled' ? 'cancelled' : 'gone' });
  }
}
