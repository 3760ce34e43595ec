/** Writes one object to a temporary file, then renames it into place. */
import type { BigIntStats } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ContrailError } from '../../domain/errors.ts';
import type { ObjectMetadata, ObjectWriter, StoredObject, WriteRequest } from '../../ports/object-store.ts';
import { ChunkPipe } from '../object-stores/chunk-pipe.ts';
import { writeError } from './file-errors.ts';
import { changeTimeNs, generationOf, raiseChangeTime } from './generation.ts';
import type { LockFolder } from '../disk/lock-folder.ts';
import { flushFolder } from '../disk/make-folder.ts';
import type { Sidecars, Version } from './sidecars.ts';
import type { StoreFolder } from './store-folder.ts';
import { checkGeneration, storedObject } from './stored-object.ts';

export interface WriterParts {
  readonly folder: StoreFolder;
  readonly locks: LockFolder;
  readonly sidecars: Sidecars;
  /** A unique file name. */
  readonly newAsideName: () => Promise<string>;
}

/** One chunk is written while the next one fills. */
const CHUNK_BYTES = 4 * 1024 * 1024;

export class FileObjectWriter implements ObjectWriter {
  readonly #parts: WriterParts;
  readonly #request: WriteRequest;
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #chunks = new ChunkPipe(CHUNK_BYTES, (chunk) => this.#append(chunk));
  #state: 'open' | 'committing' | 'ended' = 'open';
  #bytes = 0;

  private constructor(parts: WriterParts, request: WriteRequest, path: string, file: FileHandle) {
    this.#parts = parts;
    this.#request = request;
    this.#path = path;
    this.#file = file;
  }

  /** Starts an object; the store's folders must exist. */
  static async open(parts: WriterParts, request: WriteRequest): Promise<FileObjectWriter> {
    const path = join(parts.folder.aside, await parts.newAsideName());
    return new FileObjectWriter(parts, request, path, await open(path, 'wx'));
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#checkOpen();
    await this.#endIfFailing(async () => {
      this.#request.signal.throwIfAborted();
      await this.#chunks.add(chunk);
    });
  }

  async commit(metadata: ObjectMetadata): Promise<StoredObject> {
    this.#checkOpen();
    this.#state = 'committing';
    const { name, signal } = this.#request;
    return this.#endIfFailing(async () => {
      signal.throwIfAborted();
      await this.#append(await this.#chunks.last());
      await this.#file.sync();
      const stats = await this.#parts.locks.run(name, signal, () => this.#putInPlace(metadata));
      this.#state = 'ended';
      // The object is published and flushed, so an error of closing does not matter.
      await this.#file.close().catch(() => undefined);
      return storedObject(name, stats, metadata);
    });
  }

  async discard(): Promise<void> {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    await this.#chunks.settle();
    // Whatever cannot be removed now is removed as a leftover later.
    await this.#file.close().catch(() => undefined);
    await rm(this.#path, { force: true }).catch(() => undefined);
  }

  async #append(chunk: Uint8Array): Promise<void> {
    // A write may be short, especially just before a limit.
    for (let rest = chunk; rest.length > 0;) {
      const { bytesWritten } = await this.#file.write(rest, 0, rest.length, this.#bytes);
      rest = rest.subarray(bytesWritten);
      this.#bytes += bytesWritten;
    }
  }

  async #putInPlace(metadata: ObjectMetadata): Promise<BigIntStats> {
    const { name, ifGeneration, signal } = this.#request;
    const { folder, sidecars } = this.#parts;
    signal.throwIfAborted();
    await folder.checkPlace(name);
    const before = await folder.statObject(name);
    checkGeneration(name, ifGeneration, before);
    await folder.makeFolderOf(name);
    const known = await sidecars.read(name);
    const stats = await raiseChangeTime(this.#file, latestChange(before, known));
    await this.#writeSidecar([{ generation: generationOf(stats), metadata }, ...versionsOf(known, before)]);
    try {
      await rename(this.#path, folder.pathOf(name));
    } catch (error) {
      await this.#restoreSidecar(versionsOf(known, before)).catch(() => undefined);
      throw error;
    }
    await flushFolder(dirname(folder.pathOf(name)));
    return stats;
  }

  async #writeSidecar(versions: readonly Version[]): Promise<void> {
    const asidePath = join(this.#parts.folder.aside, await this.#parts.newAsideName());
    await this.#parts.sidecars.write(this.#request.name, versions, asidePath);
  }

  async #restoreSidecar(versions: readonly Version[]): Promise<void> {
    if (versions.length === 0) await this.#parts.sidecars.remove(this.#request.name);
    else await this.#writeSidecar(versions);
  }

  #checkOpen(): void {
    if (this.#state === 'open') return;
    throw new ContrailError('INTERNAL', `${this.#request.name} was already committed or discarded.`);
  }

  /** A writer that has failed removes its file and can never be committed. */
  async #endIfFailing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.discard();
      throw writeError(error, this.#parts.folder.root, this.#request.name);
    }
  }
}

function versionsOf(known: readonly Version[], stats: BigIntStats | undefined): Version[] {
  if (stats === undefined) return [];
  return known.filter((version) => version.generation === generationOf(stats));
}

/** The newest modification time that a generation of this object is known to have had. */
function latestChange(before: BigIntStats | undefined, known: readonly Version[]): bigint {
  const times = [before?.mtimeNs ?? 0n, ...known.map((version) => changeTimeNs(version.generation))];
  return times.reduce((latest, time) => (time > latest ? time : latest));
}
