/** The backfills of this deployment in Redis. Contacts nothing yet. */
import type { Config } from '../../config/load-config.ts';
import { FILE_QUEUES } from '../../jobs/job-kinds.ts';
import type { Backfills } from '../../ports/backfills.ts';
import { RedisBackfills } from '../../queue/bullmq/redis-backfills.ts';
import { deploymentOf } from './deployment.ts';

export function openBackfills(config: Config, redisUrl: string = config.redis.reveal()): Backfills {
  const deployment = deploymentOf(config);
  return new RedisBackfills({
    redisUrl,
    prefix: config['queue.prefix'],
    queues: FILE_QUEUES,
    ...(deployment === undefined ? {} : { deployment }),
  });
}
