/** What is wrong with Redis although it answers, for `contrail status`. */
import { systemClock } from '../../adapters/system/clock.ts';
import type { Config } from '../../config/load-config.ts';
import { formatAge } from '../../domain/age-text.ts';
import { readRedisHealth } from '../../queue/bullmq/redis-health.ts';
import { redisTroubles } from '../doctor/redis-checks.ts';
import { openHeartbeats } from './open-heartbeats.ts';

/** A sentence each, with the remedy: no memory, no disk, another time, lost data. */
export async function troublesOfRedis(config: Config): Promise<string[]> {
  const heartbeats = openHeartbeats(config);
  try {
    // Not a clock that is set by CONTRAIL_NOW.
    const health = await readRedisHealth(config.redis.reveal(), systemClock);
    const lostAt = await heartbeats.lostAt();
    return [
      ...redisTroubles(health),
      ...(lostAt === undefined ? [] : [lossText(systemClock.now() + health.aheadMs - lostAt)]),
    ];
  } finally {
    heartbeats.close();
  }
}

function lossText(agoMs: number): string {
  return `Redis lost its data ${formatAge(Math.max(0, agoMs))} ago: it was flushed, or restarted without its file. Scans enqueue what is due; pause queues and cancel exports again where you still want that.`;
}
