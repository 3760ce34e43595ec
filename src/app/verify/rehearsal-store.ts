/** A store that publishes nothing: what would be written is handed on, everything else is read from the real store. */
import type { Readable } from 'node:stream';
import type {
  MetadataUpdate,
  ObjectMetadata,
  ObjectStore,
  ObjectWriter,
  StoredObject,
  WriteRequest,
} from '../../ports/object-store.ts';

export type TakeBytes = (bytes: Uint8Array) => Promise<void>;

export class RehearsalStore implements ObjectStore {
  readonly url: string;
  readonly #store: ObjectStore;
  readonly #begin: () => TakeBytes;
  #rehearsed: ObjectMetadata | undefined;

  /** `begin` is called for each writer; a file that must be read twice has two. */
  constructor(store: ObjectStore, begin: () => TakeBytes = () => () => Promise.resolve()) {
    this.url = store.url;
    this.#store = store;
    this.#begin = begin;
  }

  /** The metadata of what would have been published; undefined if nothing would. */
  get rehearsed(): ObjectMetadata | undefined {
    return this.#rehearsed;
  }

  locate(name: string): string {
    return this.#store.locate(name);
  }

  head(name: string, signal: AbortSignal): Promise<StoredObject | undefined> {
    return this.#store.head(name, signal);
  }

  list(prefix: string, signal: AbortSignal): Promise<StoredObject[]> {
    return this.#store.list(prefix, signal);
  }

  read(name: string, signal: AbortSignal): Promise<Readable | undefined> {
    return this.#store.read(name, signal);
  }

  write({ name, ifGeneration }: WriteRequest): Promise<ObjectWriter> {
    let bytes = 0;
    const take = this.#begin();
    return Promise.resolve({
      write: async (chunk) => {
        bytes += chunk.length;
        await take(chunk);
      },
      commit: (metadata) => {
        this.#rehearsed = metadata;
        return Promise.resolve({ name, generation: ifGeneration, bytes, changedAt: 0, metadata });
      },
      discard: () => Promise.resolve(),
    });
  }

  async updateMetadata({ name, ifGeneration, metadata }: MetadataUpdate): Promise<StoredObject> {
    this.#rehearsed = metadata;
    return { name, generation: ifGeneration, bytes: 0, changedAt: 0, metadata };
  }
}
