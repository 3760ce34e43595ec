/** Follows a backfill by its id, with a progress bar. */
import { type FollowDependencies, followBackfill } from '../../app/backfills/follow-backfill.ts';
import { ContrailError } from '../../domain/errors.ts';
import type { Backfill } from '../../ports/backfills.ts';
import { formatCount, oneLine, plural, say } from '../output.ts';
import { progressBar } from '../progress-bar.ts';
import { jobsOf } from './backfill-text.ts';
import { usdText } from './print-plan.ts';

/** The backfill at its end, or when the signal aborts. */
export async function waitForBackfill(deps: FollowDependencies, id: string, signal: AbortSignal): Promise<Backfill> {
  const bar = progressBar('exports', deps.clock);
  try {
    return await followBackfill(deps, {
      id,
      signal,
      onProgress(backfill) {
        const jobs = jobsOf(backfill);
        bar.update(jobs - backfill.open, jobs, backfill.usd === 0 ? '' : usdText(backfill.usd));
      },
      onPaused: () => say(`The backfill is paused. Go on with: contrail backfill resume ${id}`),
      onIdle: () => say('No worker takes its jobs. Start one with: contrail worker'),
      onRedisAway: (error) => say(`${oneLine(error.sentence)} Waiting for it.`),
    });
  } finally {
    bar.stop();
  }
}

/** Throws if not all went well, or following was stopped. */
export function throwUnlessDone({ id, at, state, open, ended }: Backfill, signal: AbortSignal): void {
  if (signal.aborted && open > 0) {
    say(`${plural(open, 'job')} ${open === 1 ? 'stays' : 'stay'} queued: workers go on without this command.`);
    say(`To follow ${open === 1 ? 'it' : 'them'} again, run: contrail backfills ${id} --wait`);
  }
  signal.throwIfAborted();
  if (state === 'cancelled') {
    throw new ContrailError('BACKFILL_CANCELLED', `The backfill ${id} was cancelled.`, {
      hint: 'Ask for its files again with: contrail backfill',
    });
  }
  const failed = ended.failed + ended.cancelled + ended.gone;
  if (failed === 0) return;
  const others = failed === ended.failed ? '' : ` (${formatCount(failed - ended.failed)} cancelled or removed)`;
  throw new ContrailError('JOB_FAILED', `${plural(failed, 'export')} failed${others}.`, {
    hint: `See why with: contrail runs --failed --since ${new Date(at).toISOString()}`,
  });
}
