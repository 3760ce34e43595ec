/** Folders that last: made with those above them, and flushed to the disk. */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isErrno } from './errno.ts';

/**
 * Makes a folder and those above it that are missing; the new ones outlive a power cut. Node's own recursive `mkdir`
 * never returns where the system says ENOENT although the parent is there, as in `/proc` (seen with 20.20 and 22).
 */
export async function makeFolder(path: string): Promise<void> {
  const parent = dirname(path);
  try {
    await makeOne(path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT') || parent === path) throw error;
    await makeFolder(parent);
    await makeOne(path);
  }
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (isErrno(error, 'EEXIST') && (await stat(path)).isDirectory()) return;
    throw error;
  }
  await flushFolder(dirname(path));
}

/** Makes the names in a folder outlive a power cut, where the file system lets folders be flushed. */
export async function flushFolder(path: string): Promise<void> {
  let folder: FileHandle | undefined;
  try {
    folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
    await folder.sync();
  } catch (error) {
    // Some file systems refuse it, and a folder may be writable but not readable: then there is nothing more to do.
    if (!isErrno(error, 'EINVAL', 'ENOTSUP', 'EISDIR', 'EPERM', 'EACCES')) throw error;
  } finally {
    await folder?.close();
  }
}
