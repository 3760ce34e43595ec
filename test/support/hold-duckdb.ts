/** Another process that holds a DuckDB file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export interface Holder {
  readonly pid: number;
  /** Resolves when the process has let go of the file and ended. */
  release(): Promise<void>;
}

/** Resolves when the file is held, rejects when it cannot be had; the process ends with the test at the latest. */
export async function holdDuckDb(path: string): Promise<Holder> {
  const program = fileURLToPath(new URL('duckdb-holder.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, path], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  const release = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  onTestFinished(release);
  await Promise.race([
    once(child.stdout, 'data'),
    ended.then(() => Promise.reject(new Error('the file could not be held'))),
  ]);
  if (child.pid === undefined) throw new Error('the process has not started');
  return { pid: child.pid, release };
}
