/** A Redis of a test's own that can be killed and comes back at the same address with what it had written down. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { installRedisServer } from '../../src/adapters/redis-server/find-redis-server.ts';
import { pingRedis } from '../../src/adapters/redis-server/ping-redis.ts';
import { WATCHDOG } from '../../src/adapters/redis-server/watchdog.ts';
import type { TestRedis } from './redis.ts';

export interface RestartableRedis extends TestRedis {
  /** Ends it by SIGKILL. */
  readonly kill: () => Promise<void>;
  /** Holds it still by SIGSTOP: connections stay, and nothing is answered. */
  readonly freeze: () => Promise<void>;
  /** Starts it, and resolves when it answers. */
  readonly start: () => Promise<void>;
}

export async function startRestartableRedis(): Promise<RestartableRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'contrail-restart-'));
  const program = await installRedisServer();
  const port = await freePort();
  const password = randomBytes(12).toString('hex');
  const redisUrl = `redis://:${password}@127.0.0.1:${port}/0`;
  const config = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir "${folder}"`,
    'maxmemory-policy noeviction',
    'save ""',
    'appendonly yes',
    // Nothing that was answered is lost by SIGKILL; `everysec` may hold writes back while the disk is busy.
    'appendfsync always',
    'end',
  ].join('\n');
  let child: ChildProcess | undefined;
  let pid = 0;

  async function start(): Promise<void> {
    // The watchdog ends Redis with this process, however that ends.
    child = spawn('sh', ['-c', WATCHDOG, 'sh', program, ''], { stdio: ['pipe', 'ignore', 'ignore'], cwd: folder });
    child.stdin?.write(`${config}\n`);
    while (!(await pingRedis(port, password))) await sleep(20);
    pid = await processOf(redisUrl);
  }

  async function freeze(): Promise<void> {
    process.kill(pid, 'SIGSTOP');
  }

  async function kill(): Promise<void> {
    if (child === undefined) return;
    const exited = once(child, 'exit');
    process.kill(pid, 'SIGKILL');
    await exited;
    child = undefined;
  }

  onTestFinished(async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  });
  await start();
  return { redisUrl, prefix: `test-${randomUUID()}`, start, kill, freeze };
}

async function processOf(redisUrl: string): Promise<number> {
  const redis = new Redis(redisUrl);
  const info = await redis.info('server');
  redis.disconnect();
  return Number(/process_id:(\d+)/.exec(info)?.[1]);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address.port;
}
