/** Removes parts of files that dead workers left behind. */
import { WORK_KEPT_MS } from '../../domain/work-folder.ts';
import { STATISTICS_JOB } from '../../jobs/statistics-job.ts';
import { STATISTICS_PART_JOB } from '../../jobs/statistics-part-job.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { ComposingStore } from '../../ports/object-store.ts';
import { Repeating } from '../repeating.ts';

export interface Sweep {
  /** Resolves when the running removal has ended, after ten seconds at most. May be called twice. */
  stop(): Promise<void>;
}

export interface SweepRequest {
  readonly store: ComposingStore | undefined;
  /** Queues of this process; default: all. */
  readonly queues?: readonly string[] | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

const LAST_PATIENCE_MS = 10_000;
/** Other queues make no work objects, and their workers may lack the permissions. */
const MAKERS: readonly string[] = [STATISTICS_JOB.queue, STATISTICS_PART_JOB.queue];

/** Runs at start, then every WORK_KEPT_MS. Failures stop no other work. */
export function startSweep({ store, queues, clock, log }: SweepRequest): Sweep {
  const sweep = new Repeating({
    name: 'sweep',
    intervalMs: WORK_KEPT_MS,
    patienceMs: LAST_PATIENCE_MS,
    clock,
    log,
    failure: { level: 'warn', text: 'old work objects could not be removed' },
    pass: async (signal, named) => {
      const objects = (await store?.removeOldWork?.(signal)) ?? 0;
      if (objects > 0) named.info({ objects }, 'old work objects were removed');
    },
  });
  const isWanted = queues === undefined || queues.some((queue) => MAKERS.includes(queue));
  if (isWanted && store?.removeOldWork !== undefined) sweep.start();
  return sweep;
}
