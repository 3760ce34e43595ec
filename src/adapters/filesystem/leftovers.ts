/** Removes files that dead processes have left behind. */
import { lstat, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileSystemTimeNs, isGivenUp } from '../disk/file-age.ts';
import type { LockFolder } from '../disk/lock-folder.ts';
import { fateOf, newOwnerText, type Owner, parseOwner } from '../disk/process-owner.ts';
import type { StoreFolder } from './store-folder.ts';

/**
 * Removes temporary files and locks of dead processes, and those that are an hour old if their owner is unknown. Never
 * throws: files that cannot be removed (of another user, say) stay and do no harm.
 */
export async function removeLeftovers(folder: StoreFolder, locks: LockFolder, me: Owner): Promise<void> {
  await forEachEntry(folder.locks, (fileName) => locks.removeIfStale(fileName));
  await forEachEntry(folder.aside, async (fileName) => {
    const path = join(folder.aside, fileName);
    if (await isLeftBehind(path, fileName, me)) await unlink(path);
  });

  async function isLeftBehind(path: string, fileName: string, me: Owner): Promise<boolean> {
    const owner = parseOwner(fileName);
    const fate = owner === undefined ? 'unknown' : await fateOf(owner, me);
    if (fate !== 'unknown') return fate === 'dead';
    const stats = await lstat(path, { bigint: true });
    return isGivenUp(stats, await fileSystemTimeNs(join(folder.aside, newOwnerText(me))));
  }
}

async function forEachEntry(folder: string, work: (fileName: string) => Promise<void>): Promise<void> {
  const fileNames = await readdir(folder).catch(() => []);
  // A failure concerns only this file: already gone, or not ours to remove.
  for (const fileName of fileNames) await work(fileName).catch(() => undefined);
}
