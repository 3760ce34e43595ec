/** The freshness index of this deployment in Redis. Contacts nothing yet. */
import type { Config } from '../../config/load-config.ts';
import { RedisFreshnessIndex } from '../../queue/bullmq/redis-freshness-index.ts';
import { deploymentOf } from './deployment.ts';

export function openFreshnessIndex(config: Config, redisUrl: string = config.redis.reveal()): RedisFreshnessIndex {
  const deployment = deploymentOf(config);
  return new RedisFreshnessIndex({
    redisUrl,
    prefix: config['queue.prefix'],
    ...(deployment === undefined ? {} : { deployment }),
  });
}
