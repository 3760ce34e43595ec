/** What tests need to meet each other in no key of Redis. */
import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';

export interface TestRedis {
  readonly redisUrl: string;
  readonly prefix: string;
}

/** The run's Redis and a key prefix that no other test has. */
export function freshRedis(): TestRedis {
  return { redisUrl: inject('redisUrl'), prefix: `test-${randomUUID()}` };
}
