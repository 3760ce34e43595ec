/** What Redis tells of itself: INFO, its clock, and how long it takes to answer. */
import type { Clock } from '../../ports/clock.ts';
import { infoFields } from './check-redis.ts';
import { connectProducer, redisAddress, toRedisError } from './connection.ts';

export interface RedisHealth {
  readonly address: string;
  /** The fields of INFO. */
  readonly info: ReadonlyMap<string, string>;
  /** How far its clock is ahead of ours, milliseconds. */
  readonly aheadMs: number;
}

/** Throws REDIS_UNREACHABLE or REDIS_UNSUITABLE. */
export async function readRedisHealth(url: string, clock: Pick<Clock, 'now'>): Promise<RedisHealth> {
  const redis = connectProducer(url);
  let lastError: unknown;
  redis.on('error', (error) => (lastError = error));
  try {
    const info = infoFields(await redis.info());
    const askedAt = clock.now();
    const [seconds = 0, micros = 0] = (await redis.time()).map(Number);
    // The reply was made about halfway.
    const ours = (askedAt + clock.now()) / 2;
    return { address: redisAddress(url), info, aheadMs: Math.round(seconds * 1_000 + micros / 1_000 - ours) };
  } catch (error) {
    throw toRedisError(url, `asking Redis at ${redisAddress(url)}`, lastError ?? error);
  } finally {
    redis.disconnect();
  }
}
