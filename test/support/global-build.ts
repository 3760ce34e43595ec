/** Builds `dist/` if a source is newer: child processes run it, because Node 20 cannot run TypeScript. */
import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export default async function setup(): Promise<void> {
  if (!(await isStale())) return;
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  // It writes what it can even where types are wrong; `npm run check` is the place to learn about those.
  await promisify(execFile)(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: ROOT }).catch(() => {});
}

async function isStale(): Promise<boolean> {
  const files = await readdir(join(ROOT, 'src'), { recursive: true });
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
  const ages = await Promise.all(
    sources.map(async (file) => {
      const built = join(ROOT, 'dist', file.replace(/\.ts$/, '.js'));
      return (await modifiedAt(built)) < (await modifiedAt(join(ROOT, 'src', file)));
    }),
  );
  return ages.some(Boolean);
}

async function modifiedAt(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return 0;
  }
}
