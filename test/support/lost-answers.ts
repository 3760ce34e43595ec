/** A store in memory that publishes, and loses its answer: the caller cannot know whether the object is in place. */
import { MemoryObjectStore } from '../../src/adapters/memory/object-store.ts';
import { ContrailError } from '../../src/domain/errors.ts';
import type { ComposeRequest, ObjectWriter, StoredObject, WriteRequest } from '../../src/ports/object-store.ts';

export class LossyStore extends MemoryObjectStore {
  /** How many publications from now on get no answer. */
  losses = 0;
  /** What the caller sees: no answer at all, or the refusal of the request that the client repeated. */
  seenAs: 'SERVICE_UNAVAILABLE' | 'OBJECT_CHANGED' = 'SERVICE_UNAVAILABLE';

  override async write(request: WriteRequest): Promise<ObjectWriter> {
    const writer = await super.write(request);
    return {
      write: (chunk) => writer.write(chunk),
      discard: () => writer.discard(),
      commit: async (metadata) => this.#answer(await writer.commit(metadata)),
    };
  }

  override async compose(request: ComposeRequest): Promise<StoredObject> {
    return this.#answer(await super.compose(request));
  }

  #answer(object: StoredObject): StoredObject {
    if (this.losses === 0) return object;
    this.losses -= 1;
    throw new ContrailError(this.seenAs, 'The answer was lost.');
  }
}
