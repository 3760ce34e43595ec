/** The alert index of this deployment in Redis. Contacts nothing yet. */
import type { Config } from '../../config/load-config.ts';
import { RedisAlertIndex } from '../../queue/bullmq/redis-alert-index.ts';
import { readAlertRow } from '../../workers/monitoring/alert-history.ts';
import { deploymentOf } from './deployment.ts';

export function openAlertIndex(config: Config, redisUrl: string = config.redis.reveal()): RedisAlertIndex {
  const deployment = deploymentOf(config);
  return new RedisAlertIndex({
    redisUrl,
    prefix: config['queue.prefix'],
    readRow: readAlertRow,
    ...(deployment === undefined ? {} : { deployment }),
  });
}
