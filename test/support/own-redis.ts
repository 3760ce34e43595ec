/** A Redis of a test's own, for what would disturb others. */
import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { Redis } from 'ioredis';
import { installRedisServer } from '../../src/adapters/redis-server/find-redis-server.ts';
import { startPrivateRedis } from '../../src/adapters/redis-server/private-redis.ts';

export interface OwnRedis {
  readonly url: string;
  readonly port: number;
  command(name: string, ...arguments_: readonly string[]): Promise<unknown>;
}

export async function startTestRedis(): Promise<OwnRedis> {
  const server = await startPrivateRedis({ program: await installRedisServer(), clock: systemClock });
  const client = new Redis(server.url);
  onTestFinished(async () => {
    client.disconnect();
    await server.stop();
  });
  return {
    url: server.url,
    port: server.port,
    command: (name, ...arguments_) => client.call(name, ...arguments_),
  };
}
