/**
 * One object on its way into the bucket. Up to a limit it is kept and sent in one request; beyond, in chunks by an
 * upload session, of which the last is held back until the commit. At most two chunks are in memory, which is used again
 * and again: one on its way, one filling.
 */
import { ContrailError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectMetadata, ObjectWriter, StoredObject } from '../../ports/object-store.ts';
import type { Random } from '../../ports/random.ts';
import type { ApiClient } from './api-client.ts';
import { ChunkPipe } from '../object-stores/chunk-pipe.ts';
import { Crc32c } from './crc32c.ts';
import { patchMetadata } from './object-calls.ts';
import { type ObjectResource, storedObject } from './object-resource.ts';
import { checksumError } from './service-errors.ts';
import { uploadOnce } from './upload-once.ts';
import { type NewObject, UploadSession } from './upload-session.ts';

export interface UploadLimits {
  /** Up to this, and up to a chunk, an object is sent in one request. */
  readonly singleRequestBytes: number;
  /** Size of the chunks of larger ones: a multiple of 256 KiB. */
  readonly chunkBytes: number;
  /** How long the end of an upload may take that is no longer wanted, or has to be completed in spite of an abort. */
  readonly cleanUpMs: number;
}

export interface WriterOptions {
  readonly client: ApiClient;
  readonly limits: UploadLimits;
  readonly clock: Clock;
  readonly random: Random;
}

export class GcsObjectWriter implements ObjectWriter {
  readonly #client: ApiClient;
  readonly #limits: UploadLimits;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #object: NewObject;
  /** Ends what is on its way when the writer ends. */
  readonly #ending = new AbortController();
  readonly #crc = new Crc32c();
  readonly #chunks: ChunkPipe;
  #bytes = 0;
  #session: UploadSession | undefined;
  #state: 'open' | 'committing' | 'ended' = 'open';

  constructor({ client, limits, clock, random }: WriterOptions, object: NewObject) {
    this.#client = client;
    this.#limits = limits;
    this.#clock = clock;
    this.#random = random;
    this.#chunks = new ChunkPipe(limits.chunkBytes, async (chunk) => (await this.#openSession()).append(chunk));
    this.#object = { ...object, signal: AbortSignal.any([object.signal, this.#ending.signal]) };
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#checkOpen();
    await this.#endIfFailing(async () => {
      this.#object.signal.throwIfAborted();
      this.#crc.update(chunk);
      this.#bytes += chunk.length;
      if (this.#bytes > this.#limits.singleRequestBytes) await this.#openSession();
      await this.#chunks.add(chunk);
    });
  }

  async commit(metadata: ObjectMetadata): Promise<StoredObject> {
    this.#checkOpen();
    this.#state = 'committing';
    return this.#endIfFailing(async () => {
      this.#object.signal.throwIfAborted();
      const object =
        this.#session === undefined
          ? await this.#commitAtOnce(metadata)
          : await this.#commitSession(this.#session, metadata);
      this.#state = 'ended';
      return storedObject(object);
    });
  }

  async discard(): Promise<void> {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#ending.abort(new ContrailError('ABORTED', `The writing of ${this.#object.name} was given up.`));
    await this.#chunks.settle();
    await this.#session?.cancel(this.#clock.timeout(this.#limits.cleanUpMs));
  }

  async #openSession(): Promise<UploadSession> {
    return (this.#session ??= await UploadSession.start(this.#client, this.#object));
  }

  async #commitAtOnce(metadata: ObjectMetadata): Promise<ObjectResource> {
    const crc32c = this.#crc.toBase64();
    const bytes = await this.#chunks.last();
    const object = await uploadOnce(this.#client, { ...this.#object, bytes, crc32c, metadata, random: this.#random });
    await this.#checkSum(object, crc32c);
    return object;
  }

  async #commitSession(session: UploadSession, metadata: ObjectMetadata): Promise<ObjectResource> {
    const crc32c = this.#crc.toBase64();
    const object = await session.finish(await this.#chunks.last(), crc32c);
    // What fails from here on has no session to cancel.
    this.#session = undefined;
    await this.#checkSum(object, crc32c);
    if (Object.keys(metadata).length === 0) return object;
    // The bytes are in place. Without metadata they count as older than their source and are published once more; so
    // the metadata follow even if the work is stopped in between, and a crash there costs a repetition, no more.
    const signal = this.#clock.timeout(this.#limits.cleanUpMs);
    return patchMetadata(this.#client, { object, metadata, isPatient: true, signal });
  }

  /**
   * Throws CHECKSUM_MISMATCH where the service says that it holds other bytes, and takes the metadata from them, so that
   * nobody counts them as current. The service compares the sums before, so this is a second look.
   */
  async #checkSum(object: ObjectResource, sent: string): Promise<void> {
    const { crc32c } = object;
    if (crc32c === undefined || crc32c === sent) return;
    const signal = this.#clock.timeout(this.#limits.cleanUpMs);
    await patchMetadata(this.#client, { object, metadata: {}, signal }).catch(() => undefined);
    throw checksumError(`gs://${this.#client.bucket}/${object.name}`, sent, crc32c);
  }

  #checkOpen(): void {
    if (this.#state === 'open') return;
    throw new ContrailError('INTERNAL', `The writing of ${this.#object.name} has already ended.`);
  }

  /** A writer that has failed once leaves no trace, and can never be committed. */
  async #endIfFailing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.discard();
      throw error;
    }
  }
}
