/**
 * Paths in a store's folder, and what is there. Symbolic links are not objects or folders of the store, wherever they
 * lead; only the root may be one.
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
  /** Folder for temporary files. */
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

  /** File stats of an object; undefined if there is none. Throws if the root is not a folder. */
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

  /** Throws TARGET_UNWRITABLE if an object of that name cannot be published, as far as can be checked before. */
  async checkPlace(name: string): Promise<void> {
    let last = this.root;
    for (const folder of this.#foldersOf(name)) {
      const stats = await statEntry(folder);
      if (stats === undefined) break;
      if (stats.isSymbolicLink()) throw unwritable(folder, 'it must be a folder, not a symbolic link');
      if (!stats.isDirectory()) throw unwritable(folder, 'it must be a folder, not a file');
      last = folder;
    }
    await access(last, constants.W_OK | constants.X_OK);
    const target = await statEntry(this.pathOf(name));
    if (target?.isDirectory() === true) throw unwritable(this.pathOf(name), 'it must be a file, not a folder');
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

  /** Throws TARGET_UNREADABLE if the root is not a folder; a missing one is an empty store. */
  async checkRoot(): Promise<void> {
    const root = await stat(this.root).catch((error: unknown) => {
      if (isErrno(error, 'ENOENT')) return undefined;
      throw error;
    });
    if (root?.isDirectory() === false) throw unreadable(this.root, 'it must be a folder, not a file');
  }
}

/** What is at a path, without following links; undefined if nothing is. */
async function statEntry(path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
