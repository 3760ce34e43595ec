/** Redis for work that is done without a queue, but tells more where there is one. */
import type { Config } from '../config/load-config.ts';
import type { Clock } from '../ports/clock.ts';
import { checkRedis } from '../queue/check-redis.ts';
import { RedisRecordStage } from '../queue/redis-record-stage.ts';
import { deploymentOf } from './deployment.ts';
import type { MonitoringParts } from './monitoring-dependencies.ts';
import { openQueue } from './wire.ts';

/** Without Redis there is no queue, and looking for waiting records fails with the reason. */
export async function withRedisIfThere<Result>(
  config: Config,
  clock: Clock,
  work: (redis: Pick<MonitoringParts, 'queue' | 'waiting'>) => Promise<Result>,
): Promise<Result> {
  const trouble = await checkRedis(config.redis.reveal()).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (trouble !== undefined) return work({ queue: undefined, waiting: () => Promise.reject(trouble) });
  const queue = await openQueue(config);
  const redisUrl = config.redis.reveal();
  const prefix = config['queue.prefix'];
  const deployment = deploymentOf(config);
  const stage = new RedisRecordStage({
    redisUrl,
    prefix,
    ...(deployment === undefined ? {} : { deployment }),
    windowMs: config['records.window'],
    clock,
  });
  try {
    return await work({ queue, waiting: () => stage.waiting() });
  } finally {
    stage.close();
    await queue.close();
  }
}
