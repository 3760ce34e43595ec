/**
 * One Redis for the whole test run: a private one, or that of CONTRAIL_TEST_REDIS. Never CONTRAIL_REDIS, which may hold
 * somebody's jobs.
 */
import type { TestProject } from 'vitest/node';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { installRedisServer } from '../../src/adapters/redis-server/find-redis-server.ts';
import { startPrivateRedis } from '../../src/adapters/redis-server/private-redis.ts';

declare module 'vitest' {
  interface ProvidedContext {
    redisUrl: string;
  }
}

/** Makes `inject('redisUrl')` work in tests; returns what ends the Redis it started. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['CONTRAIL_TEST_REDIS'];
  if (given !== undefined) {
    project.provide('redisUrl', given);
    return async () => {};
  }
  const redis = await startPrivateRedis({ program: await installRedisServer(), clock: systemClock });
  project.provide('redisUrl', redis.url);
  return () => redis.stop();
}
