/**
 * Metadata of objects, in files outside the published folders. A sidecar has the metadata of the current generation and,
 * from just before a publication, of the next one. So our objects never lose their metadata, even in a crash. Metadata of
 * other generations are ignored.
 */
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Generation, ObjectMetadata } from '../../ports/object-store.ts';
import { isErrno } from '../disk/errno.ts';
import { makeFolder } from '../disk/make-folder.ts';
import { sidecarPath } from './sidecar-path.ts';

const Sidecar = z.object({
  name: z.string(),
  versions: z.array(z.object({ generation: z.string(), metadata: z.record(z.string(), z.string()) })),
});

/** Metadata of one generation. */
export interface Version {
  readonly generation: Generation;
  readonly metadata: ObjectMetadata;
}

export class Sidecars {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The sidecar of an object; empty if there is none, or a power cut has damaged it. */
  async read(name: string): Promise<readonly Version[]> {
    try {
      const sidecar = Sidecar.parse(JSON.parse(await readFile(this.#pathOf(name), 'utf8')));
      return sidecar.name === name ? sidecar.versions : [];
    } catch (error) {
      // An object without metadata counts as older than its source, so it is published again, which repairs the sidecar.
      if (error instanceof z.ZodError || error instanceof SyntaxError || isErrno(error, 'ENOENT', 'ENOTDIR')) return [];
      throw error;
    }
  }

  /**
   * Replaces an object's sidecar atomically; `asidePath` is a temporary file. It is not flushed: losing it in a power cut
   * costs one repeated publication.
   */
  async write(name: string, versions: readonly Version[], asidePath: string): Promise<void> {
    const path = this.#pathOf(name);
    await makeFolder(dirname(path));
    try {
      const file = await open(asidePath, 'wx');
      try {
        await file.writeFile(JSON.stringify({ name, versions }));
      } finally {
        await file.close();
      }
      await rename(asidePath, path);
    } catch (error) {
      await rm(asidePath, { force: true });
      throw error;
    }
  }

  async remove(name: string): Promise<void> {
    await rm(this.#pathOf(name), { force: true });
  }

  #pathOf(name: string): string {
    return join(this.#folder, sidecarPath(name));
  }
}
