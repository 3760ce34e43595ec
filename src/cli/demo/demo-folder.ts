/** The demo's folder: one process at a time owns it, and leaves a file so that other commands can join. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { LockFolder } from '../../adapters/disk/lock-folder.ts';
import { describeThisProcess } from '../../adapters/disk/process-owner.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { ContrailError, errorText } from '../../domain/errors.ts';
import { DEMO_FOLDER } from './demo-settings.ts';
import { checkRedis } from '../../app/compose/open-queue.ts';

const LOCKS = join(DEMO_FOLDER, 'locks');
const RUNNING = join(DEMO_FOLDER, 'running.json');
const ANSWER_LIMIT_MS = 2_000;

/** What other commands need to join a running demo: its Redis, which is private and has a password. */
const RunningDemo = z.object({
  pid: z.number(),
  command: z.string(),
  redisUrl: z.string(),
  /** Whether that Redis ends with the demo. */
  isPrivate: z.boolean(),
  pages: z.string().optional(),
});
export type RunningDemo = z.infer<typeof RunningDemo>;

/** Makes the folder; throws TARGET_UNWRITABLE if it cannot. */
export function prepareDemoFolder(): void {
  const probe = join(DEMO_FOLDER, '.writable');
  try {
    mkdirSync(LOCKS, { recursive: true });
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    throw new ContrailError(
      'TARGET_UNWRITABLE',
      `The demo keeps its data in ${resolve(DEMO_FOLDER)}, which cannot be written: ${errorText(error)}.`,
      { hint: 'Run the demo in a folder that you can write to.', cause: error },
    );
  }
}

/** A full disk as one TARGET_FULL, wherever it was noticed; other errors unchanged. */
export function explainFullDisk(error: unknown): unknown {
  if (!/\bENOSPC\b|No space left on device/i.test(errorText(error))) return error;
  return new ContrailError('TARGET_FULL', `The disk of ${resolve(DEMO_FOLDER)} is full.`, {
    hint: 'The demo needs about 100 MB. Make room, then start it again.',
    cause: error,
  });
}

/** Runs work as the only owner of the demo's folder. Throws OBJECT_LOCKED if another process owns it. */
export async function asOwnerOfDemo<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  const locks = new LockFolder({ locks: LOCKS, aside: LOCKS, waitMs: 0, me: describeThisProcess, clock: systemClock });
  let isOurs = false;
  try {
    return await locks.run('demo', signal, () => {
      isOurs = true;
      return work();
    });
  } catch (error) {
    if (isOurs || !(error instanceof ContrailError && error.code === 'OBJECT_LOCKED')) throw error;
    throw new ContrailError('OBJECT_LOCKED', `The demo in ${resolve(DEMO_FOLDER)} is in use${by(readRunning())}.`, {
      hint: 'Join it with `contrail --demo status`, or end that process first.',
      cause: error,
    });
  } finally {
    if (isOurs) rmSync(RUNNING, { force: true });
  }
}

function by(running: RunningDemo | undefined): string {
  if (running === undefined) return ' by another process';
  const pages = running.pages === undefined ? '' : `, with its pages at ${running.pages}`;
  return ` by process ${running.pid} (${running.command})${pages}`;
}

/** Writes the file for other commands atomically, readable only by this user. */
export function writeRunning(running: Omit<RunningDemo, 'pid'>): void {
  const aside = `${RUNNING}.${process.pid}`;
  writeFileSync(aside, JSON.stringify({ pid: process.pid, ...running }), { mode: 0o600 });
  renameSync(aside, RUNNING);
}

/** The file of the running demo, or of one that was killed. */
function readRunning(): RunningDemo | undefined {
  try {
    return RunningDemo.parse(JSON.parse(readFileSync(RUNNING, 'utf8')));
  } catch {
    return undefined;
  }
}

/** The demo that is running in this folder, if its Redis answers. */
export async function findRunningDemo(): Promise<RunningDemo | undefined> {
  const running = readRunning();
  if (running === undefined) return undefined;
  return checkRedis(running.redisUrl, ANSWER_LIMIT_MS).then(
    () => running,
    () => undefined,
  );
}
