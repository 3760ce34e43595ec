/** Removes what workers left behind that died: parts of files that nobody will join any more. */
import { WORK_KEPT_MS } from '../../domain/work-folder.ts';
import { startTimer, wait } from '../../domain/wait.ts';
import { STATISTICS_JOB } from '../../jobs/statistics-job.ts';
import { STATISTICS_PART_JOB } from '../../jobs/statistics-part-job.ts';
import type { Log } from '../../ports/log.ts';
import type { ComposingStore } from '../../ports/object-store.ts';

export interface Sweep {
  /** Resolves when the removal that is under way has ended, or has been given ten seconds to. May be called twice. */
  stop(): Promise<void>;
}

export interface SweepRequest {
  readonly store: ComposingStore | undefined;
  /** Queues that are worked on; all unless told. */
  readonly queues?: readonly string[] | undefined;
  readonly log: Log;
}

const LAST_PATIENCE_MS = 10_000;
/** Other queues make no work objects, and their workers may lack the permissions. */
const MAKERS: readonly string[] = [STATISTICS_JOB.queue, STATISTICS_PART_JOB.queue];

/** Begins at once, and again whenever what was too young then has come of age. Trouble with it stops no work. */
export function startSweep({ store, queues, log }: SweepRequest): Sweep {
  const waiting = new AbortController();
  const removing = new AbortController();
  const isWanted = queues === undefined || queues.some((queue) => MAKERS.includes(queue));
  const ended = isWanted && store?.removeOldWork !== undefined ? sweepAgainAndAgain() : Promise.resolve();

  async function sweepAgainAndAgain(): Promise<void> {
    while (!waiting.signal.aborted) {
      await sweepOnce();
      await wait(WORK_KEPT_MS, waiting.signal).catch(() => undefined);
    }
  }

  async function sweepOnce(): Promise<void> {
    try {
      const objects = (await store?.removeOldWork?.(removing.signal)) ?? 0;
      if (objects > 0) log.info({ objects }, 'old work objects were removed');
    } catch (error) {
      log.warn({ error }, 'old work objects could not be removed');
    }
  }

  return {
    async stop() {
      waiting.abort();
      const cancel = startTimer(LAST_PATIENCE_MS, () => removing.abort());
      await ended;
      cancel();
    },
  };
}
