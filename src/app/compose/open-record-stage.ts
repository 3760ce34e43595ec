/** The record stage of this deployment in Redis. Contacts nothing yet. */
import type { Config } from '../../config/load-config.ts';
import { RedisRecordStage } from '../../queue/bullmq/redis-record-stage.ts';
import { deploymentOf } from './deployment.ts';

export function openRecordStage(config: Config, redisUrl: string = config.redis.reveal()): RedisRecordStage {
  const deployment = deploymentOf(config);
  return new RedisRecordStage({
    redisUrl,
    prefix: config['queue.prefix'],
    windowMs: config['records.window'],
    ...(deployment === undefined ? {} : { deployment }),
  });
}
