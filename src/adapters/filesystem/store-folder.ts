/**
 * The folder of a store: where things are in it, and what is there now. Symbolic links are neither objects nor folders
 * of the store, wherever they lead: the root itself may be one.
 */
import { type BigIntStats, constants } from 'node:fs';
import { access, lstat, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isErrno } from '../disk/errno.ts';
import { unreadable, unwritable } from './file-errors.ts';
import { makeFolder } from '../disk/make-folder.ts';
import { PRIVATE_FOLDER } from '../object-stores/object-name.ts';

export class StoreFolder {
  readonly root: string;
  /** Where files are written before they are put in place. */
  readonly aside: string;
  readonly locks: string;
  readonly sidecars: string;

  constructor(root: string) {
    this.root = resolve(root);
    this.aside = join(this.root, PRIVATE_FOLDER, 'tmp');
    this.locks = join(this.root, PRIVATE_FOLDER, 'locks');
    this.sidecars = join(this.root, PRIVATE_FOLDER, 'objects');
  }

  pathOf(name: string): string {
    return join(this.root, name);
  }

  /** Makes the folders that every write needs. */
  async prepare(): Promise<void> {
    for (const folder of [this.aside, this.locks, this.sidecars]) await makeFolder(folder);
  }

  /** What the file system knows of an object; undefined where there is none. Throws where the root is not a folder. */
  async statObject(name: string): Promise<BigIntStats | undefined> {
    for (const folder of this.#foldersOf(name)) {
      const stats = await statEntry(folder);
      if (stats === undefined) await this.checkRoot();
      if (stats?.isDirectory() !== true) return undefined;
    }
    const stats = await statEntry(this.pathOf(name));
    if (stats === undefined) await this.checkRoot();
    return stats?.isFile() === true ? stats : undefined;
  }

  /** Throws TARGET_UNWRITABLE where an object of that name could not be put in place, as far as can be seen before. */
  async checkPlace(name: string): Promise<void> {
    let last = this.root;
    for (const folder of this.#foldersOf(name)) {
      const stats = await statEntry(folder);
      if (stats === undefined) break;
      if (stats.isSymbolicLink()) throw unwritable(folder, 'it is a symbolic link, where a folder must be');
      if (!stats.isDirectory()) throw unwritable(folder, 'it is a file, where a folder must be');
      last = folder;
    }
    await access(last, constants.W_OK | constants.X_OK);
    const target = await statEntry(this.pathOf(name));
    if (target?.isDirectory() === true) throw unwritable(this.pathOf(name), 'it is a folder, where a file must be');
  }

  /** Makes the folder of an object. */
  async makeFolderOf(name: string): Promise<void> {
    await makeFolder(dirname(this.pathOf(name)));
  }

  /** The folders between the root and an object, outermost first. */
  #foldersOf(name: string): string[] {
    const segments = name.split('/').slice(0, -1);
    return segments.map((_, index) => join(this.root, ...segments.slice(0, index + 1)));
  }

  /** Throws TARGET_UNREADABLE where the root is no folder; a missing one is an empty store. */
  async checkRoot(): Promise<void> {
    const root = await stat(this.root).catch((error: unknown) => {
      if (isErrno(error, 'ENOENT')) return undefined;
      throw error;
    });
    if (root?.isDirectory() === false) throw unreadable(this.root, 'it is a file, where a folder must be');
  }
}

/** What is at a path, links not followed; undefined where nothing is. */
async function statEntry(path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
