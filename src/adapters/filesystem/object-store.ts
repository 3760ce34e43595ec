/**
 * A folder as object store. Objects are written to temporary files and renamed into place under a lock, so that readers
 * see only whole objects and one of several writers wins. Everything else is in `.contrail`.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import pMap from 'p-map';
import { checkWorkObject } from '../../domain/work-folder.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  ABSENT,
  type ComposeRequest,
  type ComposingStore,
  type MetadataUpdate,
  type ObjectWriter,
  type StoredObject,
  type WriteRequest,
} from '../../ports/object-store.ts';
import { isErrno } from '../disk/errno.ts';
import { translateReading, translateWriting } from './file-errors.ts';
import { readFileHandle } from './file-reader.ts';
import { generationOf } from './generation.ts';
import { removeLeftovers } from './leftovers.ts';
import { listObjectNames } from './list-names.ts';
import { LockFolder } from '../disk/lock-folder.ts';
import { checkObjectName } from '../object-stores/object-name.ts';
import { FileObjectWriter, type WriterParts } from './object-writer.ts';
import { describeThisProcess, newOwnerText, type Owner } from '../disk/process-owner.ts';
import { Sidecars } from './sidecars.ts';
import { StoreFolder } from './store-folder.ts';
import { changedError, checkGeneration, storedObject } from './stored-object.ts';
import { joinFiles, removeFile, removeOldFiles } from './work-objects.ts';

export interface FileObjectStoreOptions {
  /** The folder; the first write makes it and its parents. */
  readonly root: string;
  /** How long to wait for another process that is publishing the same object, milliseconds; default 10 seconds. */
  readonly lockWaitMs?: number;
  readonly clock: Clock;
}

/** How many objects are described at once in a listing: Node has four file threads. */
const DESCRIBED_AT_ONCE = 16;

/** Objects as files of a folder. Several processes of one machine may share it. */
export class FileObjectStore implements ComposingStore {
  readonly url: string;
  readonly #parts: WriterParts;
  #me: Promise<Owner> | undefined;
  #swept: Promise<void> | undefined;

  constructor({ root, lockWaitMs = 10_000, clock }: FileObjectStoreOptions) {
    const folder = new StoreFolder(root);
    this.url = `file:${folder.root}`;
    this.#parts = {
      folder,
      locks: new LockFolder({
        locks: folder.locks,
        aside: folder.aside,
        waitMs: lockWaitMs,
        me: () => this.#thisProcess(),
        clock,
      }),
      sidecars: new Sidecars(folder.sidecars),
      newAsideName: async () => newOwnerText(await this.#thisProcess()),
    };
  }

  locate(name: string): string {
    checkObjectName(name);
    return this.#parts.folder.pathOf(name);
  }

  async head(name: string, signal: AbortSignal): Promise<StoredObject | undefined> {
    checkObjectName(name);
    signal.throwIfAborted();
    return translateReading(this.#parts.folder.root, () => this.#describe(name));
  }

  async list(prefix: string, signal: AbortSignal): Promise<StoredObject[]> {
    signal.throwIfAborted();
    return translateReading(this.#parts.folder.root, async () => {
      const names = await listObjectNames(this.#parts.folder, prefix, signal);
      const described = await pMap(names, (name) => this.#describe(name), { concurrency: DESCRIBED_AT_ONCE, signal });
      return described.filter((object) => object !== undefined);
    });
  }

  async read(name: string, signal: AbortSignal): Promise<Readable | undefined> {
    checkObjectName(name);
    signal.throwIfAborted();
    const { folder } = this.#parts;
    return translateReading(folder.root, async () => {
      if ((await folder.statObject(name)) === undefined) return undefined;
      const file = await openForReading(folder.pathOf(name));
      return file === undefined ? undefined : readFileHandle(file, folder.pathOf(name), signal);
    });
  }

  async write(request: WriteRequest): Promise<ObjectWriter> {
    checkObjectName(request.name);
    request.signal.throwIfAborted();
    const { folder } = this.#parts;
    return translateWriting(folder.root, request.name, async () => {
      await this.#prepare();
      await folder.checkPlace(request.name);
      return FileObjectWriter.open(this.#parts, request);
    });
  }

  async updateMetadata({ name, ifGeneration, metadata, signal }: MetadataUpdate): Promise<StoredObject> {
    checkObjectName(name);
    signal.throwIfAborted();
    const { folder, locks, sidecars, newAsideName } = this.#parts;
    return translateWriting(folder.root, name, async () => {
      await this.#prepare();
      return locks.run(name, signal, async () => {
        signal.throwIfAborted();
        const stats = await folder.statObject(name);
        if (stats === undefined) throw changedError(name, ifGeneration, ABSENT);
        checkGeneration(name, ifGeneration, stats);
        await sidecars.write(name, [{ generation: ifGeneration, metadata }], join(folder.aside, await newAsideName()));
        return storedObject(name, stats, metadata);
      });
    });
  }

  async compose(request: ComposeRequest): Promise<StoredObject> {
    for (const name of [request.name, ...request.parts]) checkObjectName(name);
    return joinFiles(this, request);
  }

  async remove(name: string, signal: AbortSignal): Promise<void> {
    checkObjectName(name);
    checkWorkObject(name);
    signal.throwIfAborted();
    const { folder } = this.#parts;
    await translateWriting(folder.root, name, async () => {
      await this.#prepare();
      await removeFile(this.#parts, name, signal);
    });
  }

  /** The object with the metadata of its current generation. */
  async #describe(name: string): Promise<StoredObject | undefined> {
    const { folder, sidecars } = this.#parts;
    let before: string | undefined;
    for (;;) {
      const stats = await folder.statObject(name);
      if (stats === undefined) return undefined;
      const generation = generationOf(stats);
      const versions = await sidecars.read(name);
      const version = versions.find((candidate) => candidate.generation === generation);
      if (version !== undefined) return storedObject(name, stats, version.metadata);
      // No metadata for this generation: another program wrote the object, or it was replaced just now.
      if (versions.length === 0 || generation === before) return storedObject(name, stats, {});
      before = generation;
    }
  }

  async #prepare(): Promise<void> {
    const { folder, locks } = this.#parts;
    await folder.prepare();
    this.#swept ??= this.#thisProcess()
      .then((me) => removeLeftovers(folder, locks, me))
      .then(() => removeOldFiles(this.#parts));
    await this.#swept;
  }

  #thisProcess(): Promise<Owner> {
    this.#me ??= describeThisProcess();
    return this.#me;
  }
}

async function openForReading(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    // Removed, or replaced by a link, just now.
    if (isErrno(error, 'ENOENT', 'ELOOP')) return undefined;
    throw error;
  }
}
