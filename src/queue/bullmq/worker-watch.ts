/** Looks now and then whether the workers of a pool take what is ready. */
import type { Clock } from '../../ports/clock.ts';
import { StuckWorkers, type WatchedWorker } from '../stuck-workers.ts';
import { RedisQueueWatch } from './queue-watch.ts';

const LOOK_MS = 15_000;

/** How often to look, and how long to be patient; by default every 15 s, and half a minute. */
export interface WatchPace {
  readonly lookMs: number;
  readonly patienceMs: number;
}

export interface WorkerWatchOptions {
  readonly redisUrl: string;
  readonly prefix?: string;
  readonly clock: Clock;
  readonly pace: WatchPace | undefined;
  readonly workers: () => readonly WatchedWorker[];
  /** Called with the queue of a worker that takes nothing. */
  readonly onStuck: (queue: string) => void;
}

/** Looks until the signal aborts. It has a connection of its own: that of the workers may be what hangs. */
export async function watchWorkers(options: WorkerWatchOptions, signal: AbortSignal): Promise<void> {
  const { clock, pace, workers, onStuck } = options;
  const queues = workers().map(({ queue }) => queue);
  const watch = new RedisQueueWatch({ ...options, queues });
  signal.addEventListener('abort', () => watch.close(), { once: true });
  const stuck = new StuckWorkers({ clock, ...(pace === undefined ? {} : { patienceMs: pace.patienceMs }) });
  while (!signal.aborted) {
    // Aborted: the loop ends.
    await clock.sleep(pace?.lookMs ?? LOOK_MS, signal).catch(() => undefined);
    if (signal.aborted) break;
    try {
      const { queues: looks } = await watch.look();
      for (const queue of stuck.note(looks, workers())) onStuck(queue);
    } catch {
      // Redis is away or unfit, which the workers report.
      stuck.forget();
    }
  }
}
