/**
 * Writes one object to the bucket. Small objects are kept in memory and sent in one request; larger ones are sent in chunks by
 * an upload session, whose last chunk is held back until the commit (ADR 7). At most two chunks are in memory: one is sent
 * while the other fills.
 */
import { ContrailError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectMetadata, ObjectWriter, StoredObject } from '../../ports/object-store.ts';
import type { Random } from '../../ports/random.ts';
import { inTurn, type SharedLimit } from '../../ports/shared-limit.ts';
import type { ApiClient } from './api-client.ts';
import { ChunkPipe } from '../object-stores/chunk-pipe.ts';
import { Crc32c } from './crc32c.ts';
import { patchMetadata } from './object-calls.ts';
import { type ObjectResource, storedObject } from './object-resource.ts';
import { checksumError } from './service-errors.ts';
import { uploadOnce } from './upload-once.ts';
import { type NewObject, UploadSession } from './upload-session.ts';

export interface UploadLimits {
  /** Objects up to this size, and up to a chunk, are sent in one request. */
  readonly singleRequestBytes: number;
  /** Size of the chunks of larger objects: a multiple of 256 KiB. */
  readonly chunkBytes: number;
  /** Time limit for ending an upload that is no longer wanted, or that must complete despite an abort. */
  readonly cleanUpMs: number;
}

export interface WriterOptions {
  readonly client: ApiClient;
  /** Sending a chunk, or a small object, is one turn. Default: uploads wait for nobody. */
  readonly turns?: SharedLimit | undefined;
  readonly limits: UploadLimits;
  readonly clock: Clock;
  readonly random: Random;
}

export class GcsObjectWriter implements ObjectWriter {
  readonly #client: ApiClient;
  readonly #limits: UploadLimits;
  readonly #turns: SharedLimit | undefined;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #object: NewObject;
  /** Aborts pending requests when the writer ends. */
  readonly #ending = new AbortController();
  readonly #crc = new Crc32c();
  readonly #chunks: ChunkPipe;
  #bytes = 0;
  #session: UploadSession | undefined;
  #state: 'open' | 'committing' | 'ended' = 'open';

  constructor({ client, limits, turns, clock, random }: WriterOptions, object: NewObject) {
    this.#client = client;
    this.#limits = limits;
    this.#turns = turns;
    this.#clock = clock;
    this.#random = random;
    this.#chunks = new ChunkPipe(limits.chunkBytes, async (chunk) => {
      const session = await this.#openSession();
      await this.#inTurn(() => session.append(chunk));
    });
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

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return inTurn(this.#turns, this.#object.signal, work);
  }

  async #openSession(): Promise<UploadSession> {
    return (this.#session ??= await UploadSession.start(this.#client, this.#object));
  }

  async #commitAtOnce(metadata: ObjectMetadata): Promise<ObjectResource> {
    const crc32c = this.#crc.toBase64();
    const bytes = await this.#chunks.last();
    const whole = { ...this.#object, bytes, crc32c, metadata, random: this.#random };
    const object = await this.#inTurn(() => uploadOnce(this.#client, whole));
    await this.#checkSum(object, crc32c);
    return object;
  }

  async #commitSession(session: UploadSession, metadata: ObjectMetadata): Promise<ObjectResource> {
    const crc32c = this.#crc.toBase64();
    const chunk = await this.#chunks.last();
    const object = await this.#inTurn(() => session.finish(chunk, crc32c));
    // From here on there is no session to cancel after a failure.
    this.#session = undefined;
    await this.#checkSum(object, crc32c);
    if (Object.keys(metadata).length === 0) return object;
    // The bytes are published. Without metadata they count as older than their source and are published again. So the
    // metadata follow even after an abort, and a crash in between only costs a repetition.
    const signal = this.#clock.timeout(this.#limits.cleanUpMs);
    return patchMetadata(this.#client, { object, metadata, isPatient: true, signal });
  }

  /** Throws CHECKSUM_MISMATCH if the service reports other bytes, and removes their metadata, so that they never count as current. The service compares checksums before, so this is a second check. */
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

  /** A writer that has failed removes everything and can never be committed. */
  async #endIfFailing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.discard();
      throw error;
    }
  }
}
