/** Folders that survive a power cut. */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isErrno } from './errno.ts';

/**
 * Makes a folder and its missing parents durably. Node's recursive `mkdir` never returns if the system says ENOENT although
 * the parent exists, as in `/proc` (seen with 20.20 and 22).
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

/** Flushes the names in a folder to disk, if the file system can. */
export async function flushFolder(path: string): Promise<void> {
  let folder: FileHandle | undefined;
  try {
    folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
    await folder.sync();
  } catch (error) {
    // Some file systems cannot, and a folder may be writable but not readable.
    if (!isErrno(error, 'EINVAL', 'ENOTSUP', 'EISDIR', 'EPERM', 'EACCES')) throw error;
  } finally {
    await folder?.close();
  }
}
