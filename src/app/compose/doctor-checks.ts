/** All checks of `contrail doctor`, from settings and adapters. */
import { systemClock } from '../../adapters/system/clock.ts';
import type { Config } from '../../config/load-config.ts';
import { JOB_KINDS } from '../../jobs/job-kinds.ts';
import { RedisQueueWatch } from '../../queue/bullmq/queue-watch.ts';
import { readRedisHealth } from '../../queue/bullmq/redis-health.ts';
import { bucketChecks } from '../doctor/bucket-checks.ts';
import type { CheckGroup } from '../doctor/check.ts';
import { queueChecks } from '../doctor/queue-checks.ts';
import { queryChecks } from '../doctor/query-checks.ts';
import { redisChecks } from '../doctor/redis-checks.ts';
import { sourceChecks } from '../doctor/source-checks.ts';
import { spoolChecks } from '../doctor/spool-checks.ts';
import { warehouseChecks } from '../doctor/warehouse-checks.ts';
import type { WiredAdapters } from './adapters.ts';
import { openHeartbeats } from './open-heartbeats.ts';
import { openQueue } from './open-queue.ts';
import { openRecordStage } from './open-record-stage.ts';
import { pricingOf } from './pricing.ts';
import { queriesFile } from './queries.ts';

export interface DoctorChecks {
  readonly groups: readonly CheckGroup[];
  /** Closes the connections. */
  readonly close: () => Promise<void>;
}

export async function doctorChecks(adapters: WiredAdapters, config: Config): Promise<DoctorChecks> {
  const { clock, random, composingStore: store } = adapters;
  const { resultsDataset, monitoringDataset } = config;
  const redisUrl = config.redis.reveal();
  const queue = await openQueue(config);
  const heartbeats = openHeartbeats(config);
  const stage = openRecordStage(config);
  const queues = JOB_KINDS.map(({ queue: name }) => name);
  const watch = new RedisQueueWatch({ redisUrl, prefix: config['queue.prefix'], queues, clock });
  return {
    groups: [
      // Not a clock that is set by CONTRAIL_NOW.
      redisChecks(() => readRedisHealth(redisUrl, systemClock)),
      warehouseChecks({ ...adapters, resultsDataset, monitoringDataset }),
      bucketChecks({ store, random }),
      ...sourceChecks(adapters),
      queryChecks({ ...adapters, pricing: pricingOf(config), readFile: () => queriesFile(config) }),
      ...queueChecks({ queue, heartbeats, watch, stage }),
      spoolChecks(config['records.spool'], random),
    ],
    async close() {
      heartbeats.close();
      watch.close();
      stage.close();
      await queue.close();
    },
  };
}
