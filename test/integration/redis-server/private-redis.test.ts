/** A Redis of our own: how it starts, what it is like, and that it goes. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { pingRedis } from '../../../src/adapters/redis-server/ping-redis.ts';
import { type PrivateRedisOptions, startPrivateRedis } from '../../../src/adapters/redis-server/private-redis.ts';
import { DONE, makeQueueWorld } from '../../support/queue-world.ts';
import { isAlive, processOf } from './redis-process.ts';

async function start(options: Omit<PrivateRedisOptions, 'clock'> = {}) {
  const redis = await startPrivateRedis({ ...options, clock: systemClock });
  onTestFinished(() => redis.stop());
  return redis;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'contrail-own-redis-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function ask(url: string, ...[command, ...args]: [string, ...string[]]): Promise<unknown> {
  const redis = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: null });
  redis.on('error', () => {});
  try {
    return await redis.call(command, ...args);
  } finally {
    redis.disconnect();
  }
}

/** Whether something takes a connection there. */
function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const end = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.on('connect', () => end(true));
    socket.on('error', () => end(false));
    socket.on('timeout', () => end(false));
  });
}

it('answers on loopback alone, and only with its password', async () => {
  const { url, port } = await start();
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4');

  const reachable = await Promise.all(others.map(({ address }) => listens(address, port)));

  expect(new URL(url)).toMatchObject({ protocol: 'redis:', hostname: '127.0.0.1', port: String(port) });
  expect(await ask(url, 'PING')).toBe('PONG');
  expect(reachable).toEqual(others.map(() => false));
  expect(await pingRedis(port, 'guessed')).toBe(false);
  await expect(ask(`redis://127.0.0.1:${port}`, 'PING')).rejects.toThrow('NOAUTH');
});

it('shows its password to nobody who lists processes', async () => {
  const { url } = await start();
  const { pid, commandLine } = await processOf(url);

  expect(pid).toBeGreaterThan(0);
  expect(commandLine).toContain('redis-server');
  expect(commandLine).not.toContain(new URL(url).password);
});

it('throws no job away, and writes to disk only where it is asked to', async () => {
  const plain = await start();
  const kept = await start({ appendonly: true });

  expect(await ask(plain.url, 'CONFIG', 'GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
  expect(await ask(plain.url, 'CONFIG', 'GET', 'appendonly')).toEqual(['appendonly', 'no']);
  expect(await ask(kept.url, 'CONFIG', 'GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
  expect(await ask(kept.url, 'CONFIG', 'GET', 'appendonly')).toEqual(['appendonly', 'yes']);
});

it('has a port and a password of its own beside others', async () => {
  const several = await Promise.all([start(), start(), start()]);

  expect(new Set(several.map(({ port }) => port)).size).toBe(3);
  expect(new Set(several.map(({ url }) => new URL(url).password)).size).toBe(3);
});

it('is gone with its folder when it is stopped, once or twice, by whoever was handed the stop', async () => {
  const { url, port, stop } = await start();
  const { pid, folder } = await processOf(url);

  await Promise.all([stop(), stop()]);
  await stop();

  expect(folder.startsWith(tmpdir())).toBe(true);
  expect({ isAlive: isAlive(pid), isThere: existsSync(folder), listens: await listens('127.0.0.1', port) }).toEqual({
    isAlive: false,
    isThere: false,
    listens: false,
  });
});

it('keeps the jobs in a folder of its own from run to run', async () => {
  const folder = join(temporaryFolder(), 'made', 'by itself');
  const first = await start({ folder, appendonly: true });
  const before = makeQueueWorld({ redis: { redisUrl: first.url, prefix: 'kept' } });
  await before.enqueue('done', 'waiting');
  const pool = await before.startPool(async (_payload, { jobId }) =>
    jobId === 'done' ? DONE : { kind: 'snoozed', reason: 'later', delayMs: 600_000 },
  );
  await before.ended(1);
  await expect.poll(async () => (await before.job('waiting')).state).toBe('delayed');
  await pool.stop();
  await before.queue.close();
  await first.stop();

  const second = await start({ folder, appendonly: true });
  const after = makeQueueWorld({ redis: { redisUrl: second.url, prefix: 'kept' } });

  expect(await after.job('done')).toMatchObject({ state: 'completed', result: DONE });
  expect(await after.job('waiting')).toMatchObject({ state: 'delayed', attempts: 0 });
  await second.stop();
  expect(existsSync(folder)).toBe(true);
});

it('says why it does not start, and leaves nothing behind', async () => {
  const folder = temporaryFolder();
  const program = join(folder, 'broken-redis');
  const note = join(folder, 'where');
  writeFileSync(program, `#!/bin/sh\npwd > '${note}'\necho starting\necho '*** FATAL: no such thing' >&2\nexit 1\n`);
  chmodSync(program, 0o755);

  const broken = startPrivateRedis({ program, clock: systemClock });
  await expect(broken).rejects.toMatchObject({
    code: 'REDIS_UNSUITABLE',
    message: `${program} does not start: *** FATAL: no such thing`,
  });
  const absent = startPrivateRedis({ program: join(folder, 'absent'), clock: systemClock });
  await expect(absent).rejects.toMatchObject({ code: 'REDIS_UNSUITABLE' });

  const place = readFileSync(note, 'utf8').trim();
  expect(place).toContain('contrail-redis-');
  expect(existsSync(place)).toBe(false);
});
