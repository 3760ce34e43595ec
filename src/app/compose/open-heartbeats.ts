/** The heartbeats of this installation in Redis. Contacts nothing yet. */
import type { Config } from '../../config/load-config.ts';
import type { Heartbeats } from '../../ports/heartbeats.ts';
import { RedisHeartbeats } from '../../queue/bullmq/redis-heartbeats.ts';

export function openHeartbeats(config: Config, redisUrl: string = config.redis.reveal()): Heartbeats {
  return new RedisHeartbeats({ redisUrl, prefix: config['queue.prefix'] });
}
