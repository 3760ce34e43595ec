/** Compresses an object on zlib's own thread; on ours it would halve the speed of the encoder. */
import { once } from 'node:events';
import { constants, createGzip } from 'node:zlib';
import type { ObjectMetadata, ObjectWriter, StoredObject } from '../../ports/object-store.ts';

export class GzipWriter implements ObjectWriter {
  readonly #writer: ObjectWriter;
  readonly #gzip = createGzip({ level: constants.Z_BEST_SPEED });
  /** Resolves after the last compressed byte was passed on; rejects if that failed. */
  readonly #pumped: Promise<void>;
  #isEnded = false;

  /** Compresses into that writer. */
  constructor(writer: ObjectWriter) {
    this.#writer = writer;
    this.#pumped = this.#pump();
    // The next write or commit throws this error.
    this.#pumped.catch(() => undefined);
    this.#gzip.on('error', () => undefined);
  }

  async write(chunk: Uint8Array): Promise<void> {
    // The writer below reports a chunk that comes too late.
    if (this.#isEnded) return this.#writer.write(chunk);
    // A copy, because the stream may still hold it when the caller reuses its memory.
    const isReady = !this.#gzip.destroyed && this.#gzip.write(Uint8Array.from(chunk));
    if (!isReady) await Promise.race([once(this.#gzip, 'drain'), this.#pumped]);
  }

  async commit(metadata: ObjectMetadata): Promise<StoredObject> {
    if (!this.#isEnded) {
      this.#isEnded = true;
      this.#gzip.end();
      await this.#pumped;
    }
    return this.#writer.commit(metadata);
  }

  async discard(): Promise<void> {
    this.#isEnded = true;
    this.#gzip.destroy();
    await this.#writer.discard();
  }

  async #pump(): Promise<void> {
    for await (const piece of this.#gzip) await this.#writer.write(piece);
  }
}
