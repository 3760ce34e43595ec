/** Idle workers take jobs again after outages of Redis and of the network, each of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { makeGate } from '../support/gate.ts';
import { DONE, makeQueueWorld } from '../support/queue-world.ts';
import { type RestartableRedis, startRestartableRedis } from '../support/restartable-redis.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

interface World {
  readonly redis: RestartableRedis;
  readonly proxy: TcpProxy;
  readonly direct: Redis;
}

async function setup() {
  const redis = await startRestartableRedis();
  const url = new URL(redis.redisUrl);
  const proxy = await startTcpProxy(Number(url.port));
  url.port = String(proxy.port);
  const direct = new Redis(redis.redisUrl);
  direct.on('error', () => {});
  // Producers see Redis as it is, workers through the proxy.
  return { redis, proxy, direct, ...makeQueueWorld({ redis }), proxied: url.toString() };
}

const OUTAGES: readonly [string, (world: World) => Promise<unknown>][] = [
  [
    'Redis was killed for 5 s',
    async ({ redis }) => {
      await redis.kill();
      await sleep(5_000);
      await redis.start();
    },
  ],
  ['Redis held all clients for 7 s', ({ direct }) => direct.client('PAUSE', 7_000, 'ALL')],
  ['all connections were killed', ({ direct }) => direct.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')],
  [
    'the network was cut for 7 s',
    async ({ proxy }) => {
      proxy.cut();
      await sleep(7_000);
      proxy.restore();
    },
  ],
  ['their connections fell silent', async ({ proxy }) => proxy.silence()],
];

it.each(OUTAGES)(
  'after %s',
  async (_, outage) => {
    const { startPool, enqueue, ended, proxied, proxy, redis, direct } = await setup();
    const takers = new Set<string>();
    const both = makeGate();
    const handleAs = (name: string) => async () => {
      takers.add(name);
      if (takers.size === 2) both.open();
      await both.passed;
      return DONE;
    };
    const options = { redisUrl: proxied, concurrency: 1, lockMs: 60_000 };
    await startPool(handleAs('first'), options);
    await startPool(handleAs('second'), options);
    // Both wait for a job.
    await sleep(1_000);

    await outage({ redis, proxy, direct });
    await expect
      .poll(
        () =>
          enqueue('a', 'b').then(
            () => true,
            () => false,
          ),
        { timeout: 30_000 },
      )
      .toBe(true);
    await ended(2);
    direct.disconnect();

    expect(takers.size).toBe(2);
  },
  120_000,
);
