/** Redis for commands that work without it but know more with it. */
import type { Config } from '../../config/load-config.ts';
import { openAlertIndex } from './open-alert-index.ts';
import { openFreshnessIndex } from './open-freshness-index.ts';
import { openRecordStage } from './open-record-stage.ts';
import type { MonitoringSetup } from './monitoring-dependencies.ts';
import { checkRedis, openQueue } from './open-queue.ts';
import { openQueueWatch } from './open-queue-watch.ts';

/** Without Redis there is no queue, and looking at it and for waiting records fails with the reason. */
export async function withRedisIfThere<Result>(
  config: Config,
  work: (redis: Pick<MonitoringSetup, 'queue' | 'index' | 'alerts' | 'waiting' | 'watch'>) => Promise<Result>,
): Promise<Result> {
  const trouble = await checkRedis(config.redis.reveal()).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (trouble !== undefined) {
    const fail = () => Promise.reject(trouble);
    return work({ queue: undefined, waiting: fail, watch: { look: fail } });
  }
  const queue = await openQueue(config);
  const stage = openRecordStage(config);
  const watch = await openQueueWatch(config);
  const index = openFreshnessIndex(config);
  const alerts = openAlertIndex(config);
  try {
    return await work({ queue, index, alerts, waiting: () => stage.waiting(), watch });
  } finally {
    watch.close();
    index.close();
    alerts.close();
    stage.close();
    await queue.close();
  }
}
