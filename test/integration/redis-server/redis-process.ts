/** A running Redis as the operating system sees it. */
import { execFileSync } from 'node:child_process';
import { Redis } from 'ioredis';

export interface RedisProcess {
  readonly pid: number;
  /** Where it keeps its data. */
  readonly folder: string;
  /** As everybody on the machine can read it. */
  readonly commandLine: string;
}

export async function processOf(url: string): Promise<RedisProcess> {
  const redis = new Redis(url);
  const pid = Number(/process_id:(\d+)/.exec(await redis.info('server'))?.[1]);
  const [, folder] = (await redis.config('GET', 'dir')) as [string, string];
  redis.disconnect();
  return { pid, folder, commandLine: execFileSync('ps', ['-o', 'args=', '-p', String(pid)]).toString() };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Processes, but for Redis itself, of the process group that Redis is in: its watchdog and what that runs. */
export function groupOf(pid: number): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,pgid=']).toString().trim().split('\n');
  const all = rows.map((row) => row.trim().split(/\s+/).map(Number));
  const group = all.find(([member]) => member === pid)?.[1];
  return all.filter(([, owner]) => owner === group).map(([member]) => member ?? 0);
}
