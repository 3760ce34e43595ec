/** A private Redis ends with the process that started it, however that process ends. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { type PrivateRedisOptions, startPrivateRedis } from '../../../src/adapters/redis-server/private-redis.ts';
import { DONE, makeQueueWorld } from '../../support/queue-world.ts';
import { groupOf, isAlive, processOf } from './redis-process.ts';

const SCRIPT = fileURLToPath(new URL('../../support/redis-owner-child.mjs', import.meta.url));
const POLL = { timeout: 15_000, interval: 20 };

async function startOwner(options: Omit<PrivateRedisOptions, 'clock'> = {}) {
  const owner = fork(SCRIPT, [JSON.stringify(options)]);
  onTestFinished(() => void owner.kill('SIGKILL'));
  const [{ url }] = (await once(owner, 'message')) as [{ url: string }];
  const { pid, folder } = await processOf(url);
  return { owner, url, folder, processes: groupOf(pid) };
}

const ENDS: Readonly<Record<string, (owner: ChildProcess) => unknown>> = {
  'is told to stop it': (owner) => owner.send('stop'),
  'ends by SIGINT': (owner) => owner.kill('SIGINT'),
  'ends by SIGTERM': (owner) => owner.kill('SIGTERM'),
  'is killed': (owner) => owner.kill('SIGKILL'),
};

it.each(Object.keys(ENDS))('leaves no process and no folder when its owner %s', async (how) => {
  const { owner, folder, processes } = await startOwner();
  const exited = once(owner, 'exit');
  const before = { alive: processes.filter(isAlive).length, isThere: existsSync(folder) };

  ENDS[how]?.(owner);
  await exited;

  expect(before).toEqual({ alive: processes.length, isThere: true });
  expect(processes.length).toBeGreaterThan(1);
  await expect.poll(() => processes.filter(isAlive), POLL).toEqual([]);
  await expect.poll(() => existsSync(folder), POLL).toBe(false);
});

it('keeps the jobs of an owner that was killed, in a folder of its own', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'contrail-own-redis-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { owner, url, processes } = await startOwner({ folder, appendonly: true });
  const before = makeQueueWorld({ redis: { redisUrl: url, prefix: 'kept' } });
  await before.enqueue('a');
  await before.queue.close();

  owner.kill('SIGKILL');
  await expect.poll(() => processes.filter(isAlive), POLL).toEqual([]);
  const next = await startPrivateRedis({ folder, appendonly: true, clock: systemClock });
  onTestFinished(() => next.stop());
  const after = makeQueueWorld({ redis: { redisUrl: next.url, prefix: 'kept' } });
  const pool = await after.startPool(async () => DONE);
  await after.ended(1);
  await pool.stop();

  expect(await after.job('a')).toMatchObject({ state: 'completed' });
});
