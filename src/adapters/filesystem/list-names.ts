/** Lists names of objects in a folder. */
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../disk/errno.ts';
import { isObjectName } from '../object-stores/object-name.ts';
import type { StoreFolder } from './store-folder.ts';

/** All names that begin with `prefix`, in no order. Files that cannot be objects are left out. */
export async function listObjectNames(store: StoreFolder, prefix: string, signal: AbortSignal): Promise<string[]> {
  const names: string[] = [];
  // Only the folder in the prefix needs to be searched.
  const start = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  if (start !== '' && !isObjectName(start.slice(0, -1))) return names;
  const folders = [start];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal.throwIfAborted();
    for (const entry of await readFolder(store, folder)) {
      const name = `${folder}${entry.name}`;
      if (!isObjectName(name)) continue;
      if (entry.isDirectory()) folders.push(`${name}/`);
      else if (entry.isFile() && name.startsWith(prefix)) names.push(name);
    }
  }
  return names;
}

/** The entries of a folder; none if it is missing or was just removed. */
async function readFolder(store: StoreFolder, folder: string): Promise<Dirent[]> {
  try {
    return await readdir(join(store.root, folder), { withFileTypes: true });
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR')) throw error;
    await store.checkRoot();
    return [];
  }
}
