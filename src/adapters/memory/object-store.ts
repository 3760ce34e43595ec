/** Objects kept in memory, with every generation there ever was if asked. */
import { Readable } from 'node:stream';
import { ContrailError } from '../../domain/errors.ts';
import { checkWorkObject } from '../../domain/work-folder.ts';
import type { WallClock } from '../../ports/clock.ts';
import {
  ABSENT,
  type ComposeRequest,
  type ComposingStore,
  type Generation,
  type MetadataUpdate,
  type ObjectMetadata,
  type ObjectWriter,
  type StoredObject,
  type WriteRequest,
} from '../../ports/object-store.ts';
import { checkObjectName } from '../object-stores/object-name.ts';

export interface MemoryObjectStoreOptions {
  /** What `changedAt` of an object is taken from; 1970 unless told. */
  readonly clock?: WallClock;
  /** Keep all generations of all objects, for `history`. */
  readonly keepHistory?: boolean;
}

/** One generation of an object with its bytes. */
export interface KeptObject {
  readonly object: StoredObject;
  readonly bytes: Buffer;
}

/** An object store in memory. Generations are numbers that grow with every publication in the store. */
export class MemoryObjectStore implements ComposingStore {
  readonly url = 'memory:';
  readonly #clock: WallClock;
  readonly #keepHistory: boolean;
  readonly #objects = new Map<string, KeptObject>();
  readonly #history: KeptObject[] = [];
  #generations = 0;

  constructor({ clock = { now: () => 0 }, keepHistory = false }: MemoryObjectStoreOptions = {}) {
    this.#clock = clock;
    this.#keepHistory = keepHistory;
  }

  locate(name: string): string {
    checkObjectName(name);
    return `memory:${name}`;
  }

  async head(name: string, signal: AbortSignal): Promise<StoredObject | undefined> {
    checkObjectName(name);
    signal.throwIfAborted();
    return this.#objects.get(name)?.object;
  }

  async list(prefix: string, signal: AbortSignal): Promise<StoredObject[]> {
    signal.throwIfAborted();
    const objects = [...this.#objects.values()].map((kept) => kept.object);
    return objects.filter((object) => object.name.startsWith(prefix));
  }

  async read(name: string, signal: AbortSignal): Promise<Readable | undefined> {
    checkObjectName(name);
    signal.throwIfAborted();
    const kept = this.#objects.get(name);
    return kept === undefined ? undefined : streamOf(kept.bytes, signal);
  }

  async write(request: WriteRequest): Promise<ObjectWriter> {
    checkObjectName(request.name);
    request.signal.throwIfAborted();
    return new MemoryObjectWriter(request, (bytes, metadata) => this.#publish(request, bytes, metadata));
  }

  async updateMetadata({ name, ifGeneration, metadata, signal }: MetadataUpdate): Promise<StoredObject> {
    checkObjectName(name);
    signal.throwIfAborted();
    const kept = this.#objects.get(name);
    if (kept === undefined || kept.object.generation !== ifGeneration) throw this.#changedError(name, ifGeneration);
    const object = { ...kept.object, metadata: { ...metadata } };
    this.#objects.set(name, { ...kept, object });
    return object;
  }

  async compose(request: ComposeRequest): Promise<StoredObject> {
    for (const name of [request.name, ...request.parts]) checkObjectName(name);
    request.signal.throwIfAborted();
    const parts = request.parts.map((part) => {
      const kept = this.#objects.get(part);
      if (kept === undefined)
        throw new ContrailError('OBJECT_MISSING', `The part ${part} of ${request.name} is not there.`);
      return kept.bytes;
    });
    return this.#publish(request, Buffer.concat(parts), request.metadata);
  }

  async remove(name: string, signal: AbortSignal): Promise<void> {
    checkObjectName(name);
    checkWorkObject(name);
    signal.throwIfAborted();
    this.#objects.delete(name);
  }

  /** Every generation of an object that was ever published, oldest first, as it was then; none unless `keepHistory`. */
  history(name: string): readonly KeptObject[] {
    return this.#history.filter((kept) => kept.object.name === name);
  }

  #publish({ name, ifGeneration, contentType }: WriteRequest, bytes: Buffer, metadata: ObjectMetadata): StoredObject {
    if ((this.#objects.get(name)?.object.generation ?? ABSENT) !== ifGeneration) {
      throw this.#changedError(name, ifGeneration);
    }
    this.#generations += 1;
    const object: StoredObject = {
      name,
      generation: String(this.#generations),
      bytes: bytes.length,
      changedAt: this.#clock.now(),
      metadata: { ...metadata },
      contentType,
    };
    this.#objects.set(name, { object, bytes });
    if (this.#keepHistory) this.#history.push({ object, bytes });
    return object;
  }

  #changedError(name: string, wanted: Generation): ContrailError {
    const found = this.#objects.get(name)?.object.generation ?? ABSENT;
    return new ContrailError('OBJECT_CHANGED', `The object ${name} was changed while it was being published.`, {
      subject: name,
      hint: `Generation ${wanted} was expected; ${found} is there.`,
    });
  }
}

function streamOf(bytes: Buffer, signal: AbortSignal): Readable {
  const stream = Readable.from(bytes.length === 0 ? [] : [bytes]);
  const stopReading = (): void => {
    stream.destroy(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
  };
  signal.addEventListener('abort', stopReading, { once: true });
  stream.once('close', () => signal.removeEventListener('abort', stopReading));
  return stream;
}

class MemoryObjectWriter implements ObjectWriter {
  readonly #request: WriteRequest;
  readonly #publish: (bytes: Buffer, metadata: ObjectMetadata) => StoredObject;
  #pieces: Uint8Array[] | undefined = [];

  constructor(request: WriteRequest, publish: (bytes: Buffer, metadata: ObjectMetadata) => StoredObject) {
    this.#request = request;
    this.#publish = publish;
  }

  async write(chunk: Uint8Array): Promise<void> {
    const pieces = this.#openPieces();
    this.#endIfAborted();
    pieces.push(Uint8Array.from(chunk));
  }

  async commit(metadata: ObjectMetadata): Promise<StoredObject> {
    const pieces = this.#openPieces();
    this.#pieces = undefined;
    this.#endIfAborted();
    return this.#publish(Buffer.concat(pieces), metadata);
  }

  async discard(): Promise<void> {
    this.#pieces = undefined;
  }

  #openPieces(): Uint8Array[] {
    if (this.#pieces !== undefined) return this.#pieces;
    throw new ContrailError('INTERNAL', `The writing of ${this.#request.name} has already ended.`);
  }

  #endIfAborted(): void {
    if (!this.#request.signal.aborted) return;
    this.#pieces = undefined;
    this.#request.signal.throwIfAborted();
  }
}
