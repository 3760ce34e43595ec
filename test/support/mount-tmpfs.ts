/** A small disk of its own for a test, where the machine allows it. */
import { execFileSync } from 'node:child_process';
import { onTestFinished, type TestContext } from 'vitest';
import { temporaryFolder } from './duckdb.ts';

const NEEDS_MOUNT = 'needs the right to mount a tmpfs: run as root with CAP_SYS_ADMIN';

/** A file system of its own for the test. Where this user may not mount one, the test cannot run; in CI it fails then. */
export function mountTmpfs(context: TestContext, options: string): string {
  const root = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'none', root], { stdio: 'pipe' });
  } catch (error) {
    if (process.env['CI'] !== undefined) throw error;
    console.warn(`SKIPPED: ${NEEDS_MOUNT}`);
    // A disk that is really full cannot be had in another way, and developers need not be root.
    context.skip(NEEDS_MOUNT);
  }
  onTestFinished(() => void execFileSync('umount', ['-l', root]));
  return root;
}
