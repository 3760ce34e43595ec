/** The health page on a test's Redis, without a warehouse. */
import { healthSource } from '../../src/app/web/health-source.ts';
import { JOB_KINDS } from '../../src/jobs/job-kinds.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { JobQueue } from '../../src/ports/job-queue.ts';
import { RedisQueueWatch } from '../../src/queue/bullmq/queue-watch.ts';
import { RedisAlertIndex } from '../../src/queue/bullmq/redis-alert-index.ts';
import { RedisFreshnessIndex } from '../../src/queue/bullmq/redis-freshness-index.ts';
import { readAlertRow } from '../../src/workers/monitoring/alert-history.ts';
import type { AddRoutes } from '../../src/web/app.ts';
import { addHealthPages } from '../../src/web/pages/health/health-routes.ts';
import { recordedLog } from './recorded-log.ts';
import type { TestRedis } from './redis.ts';
import { SYSTEM } from './system.ts';

export interface HealthPagesOptions {
  readonly redis: TestRedis;
  readonly queue: JobQueue;
  /** Default: the system's. */
  readonly clock?: Clock;
}

export function healthPages({ redis, queue, clock = SYSTEM.clock }: HealthPagesOptions): AddRoutes {
  return (app) => {
    const watch = new RedisQueueWatch({ ...SYSTEM, ...redis, queues: JOB_KINDS.map(({ queue: name }) => name) });
    const index = new RedisFreshnessIndex(redis);
    const alerts = new RedisAlertIndex({ ...redis, readRow: readAlertRow });
    app.addHook('onClose', async () => {
      watch.close();
      index.close();
      alerts.close();
    });
    const limits = { lagMs: 6 * 3_600_000, scanIntervalMs: 60_000 };
    const source = healthSource({ clock, ...limits, index, queue, watch, alerts, log: recordedLog() });
    addHealthPages(app, source);
  };
}
