/** A small disk of its own for a test, where the machine allows it. */
import { execFileSync } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './duckdb.ts';

export const NEEDS_MOUNT = 'needs the right to mount a tmpfs: run as root with CAP_SYS_ADMIN';

/** A file system of its own for the test; undefined where this user may not mount one, which fails in CI. */
export function mountTmpfs(options: string): string | undefined {
  const root = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'none', root], { stdio: 'pipe' });
  } catch (error) {
    if (process.env['CI'] !== undefined) throw error;
    console.warn(`SKIPPED: ${NEEDS_MOUNT}`);
    return undefined;
  }
  onTestFinished(() => void execFileSync('umount', ['-l', root]));
  return root;
}
