/** An object being written: committed, or discarded. */
import { ContrailError } from '../../domain/errors.ts';
import type {
  ObjectMetadata,
  ObjectStore,
  ObjectWriter,
  StoredObject,
  WriteRequest,
} from '../../ports/object-store.ts';

/** Holds the writer of an object, so that one `discard` in a `finally` is always enough. */
export class ObjectWriting {
  readonly #store: Pick<ObjectStore, 'write'>;
  readonly #request: WriteRequest;
  #writer: ObjectWriter | undefined;

  constructor(store: Pick<ObjectStore, 'write'>, request: WriteRequest) {
    this.#store = store;
    this.#request = request;
  }

  /** Opens the object for its first byte; discards what was written before. */
  async begin(): Promise<ObjectWriter> {
    await this.discard();
    this.#writer = await this.#store.write(this.#request);
    return this.#writer;
  }

  /** Publishes what was written. Throws OBJECT_CHANGED like the store. */
  async commit(metadata: ObjectMetadata): Promise<StoredObject> {
    if (this.#writer === undefined) {
      throw new ContrailError('INTERNAL', `The writing of ${this.#request.name} has not begun.`);
    }
    const object = await this.#writer.commit(metadata);
    this.#writer = undefined;
    return object;
  }

  /** Removes what was written and not committed. Never throws; may be called twice. */
  async discard(): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    await writer?.discard();
  }
}
