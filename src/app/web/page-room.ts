/** What each page is built from. */
import type { Config } from '../../config/load-config.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AlertIndex } from '../../ports/alert-index.ts';
import type { FreshnessIndex } from '../../ports/freshness-index.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import type { Log } from '../../ports/log.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { AddRoutes } from '../../web/app.ts';
import type { WiredAdapters } from '../compose/adapters.ts';

export interface PageContext {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly store: ObjectStore;
  readonly queue: JobQueue;
  readonly index: FreshnessIndex;
  readonly alerts: AlertIndex;
  readonly redisUrl: string;
  /** Readers of the warehouse and of the experiments, loaded at first use; absent where no warehouse is set. */
  readonly wired?: () => Promise<WiredAdapters>;
}

export type PageRoom = (context: PageContext) => AddRoutes;
