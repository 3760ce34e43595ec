/** Pauses, resumes and cancels backfills. Whoever is last wins; each may be repeated. */
import { ContrailError } from '../../domain/errors.ts';
import { groupBy } from '../../domain/group-by.ts';
import { didYouMean } from '../../domain/nearest-name.ts';
import { quote } from '../../domain/slug.ts';
import type { Backfill, Backfills } from '../../ports/backfills.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JobQueue, JobReference } from '../../ports/job-queue.ts';
import type { Recording } from '../attempts/record-attempts.ts';
import { recordCancelled } from '../cancel/cancel-jobs.ts';
import { settleJobs } from './settle.ts';

/** Workers stop within two seconds, unless their connections must time out first. */
const LONGEST_WAIT_MS = 15_000;
const LOOK_EVERY_MS = 200;

/** The backfill; throws BACKFILL_UNKNOWN with the nearest id. */
export async function findBackfill(backfills: Pick<Backfills, 'find' | 'list'>, id: string): Promise<Backfill> {
  const found = await backfills.find(id);
  if (found !== undefined) return found;
  const ids = (await backfills.list()).map((backfill) => backfill.id);
  throw new ContrailError('BACKFILL_UNKNOWN', `There is no backfill ${quote(id)}.`, {
    hint: `${didYouMean(id, ids)}See the ids with: contrail backfills`,
  });
}

/** Running jobs go on. Returns how many waiting ones it held back, or let go. */
export async function setPaused(
  backfills: Backfills,
  { id, isPaused, signal }: { readonly id: string; readonly isPaused: boolean; readonly signal: AbortSignal },
): Promise<number> {
  await findBackfill(backfills, id);
  const state = await backfills.setState(id, isPaused ? 'paused' : 'running');
  if (state === 'cancelled') {
    throw new ContrailError(
      'BACKFILL_CANCELLED',
      `The backfill ${id} was cancelled, so it cannot be paused or resumed.`,
      {
        hint: 'Ask for its files again with: contrail backfill',
      },
    );
  }
  let moved = 0;
  for await (const jobs of backfills.openJobs(id)) {
    signal.throwIfAborted();
    moved += await backfills.align(id, jobs);
  }
  return moved;
}

export interface CancelBackfillDependencies {
  readonly backfills: Backfills;
  readonly queue: Pick<JobQueue, 'find' | 'cancel' | 'findEnded'>;
  /** For jobs that no worker held; workers record their own. */
  readonly recording: Recording;
  readonly clock: Clock;
}

export interface CancelledBackfill {
  /** The backfill afterwards. */
  readonly backfill: Backfill;
  /** Jobs that were waiting. */
  readonly cancelled: number;
  /** Jobs that were running. */
  readonly stopped: number;
}

/** Ends all its jobs, and waits some seconds for those that run; the ones that have not ended by then are still open. */
export async function cancelBackfill(
  deps: CancelBackfillDependencies,
  id: string,
  signal: AbortSignal,
): Promise<CancelledBackfill> {
  const { backfills } = deps;
  await findBackfill(backfills, id);
  await backfills.setState(id, 'cancelled');
  const cancelled = await findBackfill(backfills, id);
  const stopping: JobReference[] = [];
  let ended = 0;
  for await (const jobs of backfills.openJobs(id)) {
    const held = await cancelOpen(deps, cancelled, { jobs, signal });
    stopping.push(...held.stopping);
    ended += held.ended;
  }
  await awaitEnds(deps, cancelled, { jobs: stopping, signal });
  return { backfill: await findBackfill(backfills, id), cancelled: ended, stopped: stopping.length };
}

interface SomeJobs {
  readonly jobs: readonly JobReference[];
  readonly signal: AbortSignal;
}

async function cancelOpen(
  deps: CancelBackfillDependencies,
  backfill: Backfill,
  { jobs, signal }: SomeJobs,
): Promise<{ readonly ended: number; readonly stopping: readonly JobReference[] }> {
  const { queue } = deps;
  const stopping: JobReference[] = [];
  let ended = 0;
  for (const [name, ofQueue] of groupBy(jobs, (job) => job.queue)) {
    const ids = ofQueue.map((job) => job.id);
    const ours = (await queue.find(name, ids, signal)).filter((job) => job.backfill === backfill.id);
    const ends = await queue.cancel(
      name,
      ours.map((job) => job.id),
      signal,
    );
    const waited = new Set(ends.ended);
    await recordCancelled(
      deps,
      ours.filter((job) => waited.has(job.id)),
    );
    ended += waited.size;
    const held = new Set(ends.stopping);
    stopping.push(...ofQueue.filter((job) => held.has(job.id)));
    const others = ofQueue.filter((job) => !waited.has(job.id) && !held.has(job.id));
    await settleJobs(deps, backfill, { jobs: others, signal });
  }
  return { ended, stopping };
}

/** Until workers have noted the ends of these jobs, or the time is over. */
async function awaitEnds(
  deps: CancelBackfillDependencies,
  { id }: Backfill,
  { jobs, signal }: SomeJobs,
): Promise<void> {
  const { backfills, clock } = deps;
  const deadline = clock.monotonic() + LONGEST_WAIT_MS;
  if (jobs.length === 0) return;
  while (((await backfills.find(id))?.open ?? 0) > 0 && clock.monotonic() < deadline) {
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}
