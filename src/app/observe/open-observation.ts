/** The observation of this process, from settings. Contacts Redis only when somebody reads it. */
import type { Config } from '../../config/load-config.ts';
import { JOB_KINDS } from '../../jobs/job-kinds.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { redisCommandsSent } from '../../queue/bullmq/counted-redis.ts';
import { RedisQueueWatch } from '../../queue/bullmq/queue-watch.ts';
import { Observation } from './observation.ts';

export interface ObservationRequest {
  readonly clock: Clock;
  readonly log: Log;
  /** Default: the setting. */
  readonly redisUrl?: string;
  /** Default: all. */
  readonly queues?: readonly string[];
}

export async function openObservation(config: Config, request: ObservationRequest): Promise<Observation> {
  const { clock, log, redisUrl = config.redis.reveal(), queues = JOB_KINDS.map(({ queue }) => queue) } = request;
  const { PrometheusMetrics } = await import('../../adapters/prometheus/metrics.ts');
  return new Observation({
    metrics: new PrometheusMetrics({ measuresProcess: true }),
    watch: new RedisQueueWatch({ redisUrl, prefix: config['queue.prefix'], queues, clock }),
    commandsSent: redisCommandsSent,
    clock,
    log,
  });
}
