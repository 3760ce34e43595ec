/** A look at all queues on the configured Redis. */
import { systemClock } from '../../adapters/system/clock.ts';
import type { Config } from '../../config/load-config.ts';
import { JOB_KINDS } from '../../jobs/job-kinds.ts';
import type { QueueWatch } from '../../ports/queue-watch.ts';

/** Contacts nothing yet. */
export async function openQueueWatch(config: Config, redisUrl: string = config.redis.reveal()): Promise<QueueWatch> {
  const { RedisQueueWatch } = await import('../../queue/bullmq/queue-watch.ts');
  const queues = JOB_KINDS.map(({ queue }) => queue);
  return new RedisQueueWatch({ redisUrl, prefix: config['queue.prefix'], queues, clock: systemClock });
}
