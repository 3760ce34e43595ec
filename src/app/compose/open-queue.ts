/** Opens and checks the job queue on the configured Redis. */
import { systemClock } from '../../adapters/system/clock.ts';
import { systemRandom } from '../../adapters/system/random.ts';
import type { Config } from '../../config/load-config.ts';
import { JOB_KINDS } from '../../jobs/job-kinds.ts';
import type { RedisFacts } from '../../queue/bullmq/check-redis.ts';
import type { BullmqJobQueue } from '../../queue/bullmq/job-queue.ts';
import { deploymentOf } from './deployment.ts';
import { queueTelemetryOf } from './queue-telemetry.ts';

/** The queue for producers and pages. Contacts nothing yet. */
export async function openQueue(config: Config, redisUrl: string = config.redis.reveal()): Promise<BullmqJobQueue> {
  const { BullmqJobQueue } = await import('../../queue/bullmq/job-queue.ts');
  const deployment = deploymentOf(config);
  return new BullmqJobQueue({
    redisUrl,
    kinds: JOB_KINDS,
    prefix: config['queue.prefix'],
    clock: systemClock,
    random: systemRandom,
    ...(deployment === undefined ? {} : { deployment }),
    ...(await queueTelemetryOf(config)),
  });
}

/** Throws REDIS_UNREACHABLE or REDIS_UNSUITABLE; by default it waits five seconds for a reply. */
export async function checkRedis(redisUrl: string, limitMs?: number): Promise<RedisFacts> {
  const check = await import('../../queue/bullmq/check-redis.ts');
  return check.checkRedis(redisUrl, systemClock, limitMs);
}
