/** A Cloud Storage bucket as object store, through the JSON API, with few requests that all have preconditions. */
import type { Readable } from 'node:stream';
import { ContrailError } from '../../domain/errors.ts';
import { checkWorkObject, isWorkObject, WORK_FOLDER, WORK_KEPT_MS } from '../../domain/work-folder.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Http } from '../../ports/http.ts';
import type { Log } from '../../ports/log.ts';
import {
  ABSENT,
  type ComposeRequest,
  type ComposingStore,
  type MetadataUpdate,
  type ObjectWriter,
  type StoredObject,
  type WriteRequest,
} from '../../ports/object-store.ts';
import type { Random } from '../../ports/random.ts';
import type { SharedLimit } from '../../ports/shared-limit.ts';
import { checkObjectName, isObjectName } from '../object-stores/object-name.ts';
import { ApiClient, type RetryOptions } from './api-client.ts';
import { composeObjects } from './compose-objects.ts';
import { applicationDefault, NO_CREDENTIALS } from './credentials.ts';
import { GzipWriter } from './gzip-writer.ts';
import { heldPermissions } from './held-permissions.ts';
import { listObjects } from './list-objects.ts';
import { deleteObject, getObject, patchMetadata } from './object-calls.ts';
import { readObject } from './object-reader.ts';
import { storedObject } from './object-resource.ts';
import { GcsObjectWriter, type UploadLimits } from './object-writer.ts';
import { changedError } from './service-errors.ts';
import { CHUNK_UNIT_BYTES } from './upload-session.ts';

export interface GcsObjectStoreOptions {
  readonly bucket: string;
  /** Another address than Google's. Plain http is an emulator and gets no credentials. */
  readonly apiEndpoint?: string;
  /** The project, if the credentials do not name one. */
  readonly projectId?: string;
  /** Objects up to this size are sent in one request; default 8 MiB. */
  readonly singleRequestBytes?: number;
  /** Size of the chunks of larger objects, two of which are in memory; a multiple of 256 KiB, default 8 MiB. */
  readonly chunkBytes?: number;
  /** Store objects compressed, which readers must accept; `bytes` is then the stored size. Default no. */
  readonly gzip?: boolean;
  /** Uploads wait for their turn; default: for nobody. */
  readonly uploadTurns?: SharedLimit;
  readonly timeouts?: Partial<GcsTimeouts>;
  readonly retry?: RetryOptions;
  readonly http: Http;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface GcsTimeouts {
  /** A connection without traffic for this long is broken; default 60 seconds. */
  readonly stallMs: number;
  /** Time for cleaning up, even after an abort; default 10 seconds. */
  readonly cleanUpMs: number;
}

const MEBIBYTE = 1024 * 1024;
const GOOGLE = 'https://storage.googleapis.com';
const DEFAULT_RETRY: RetryOptions = { attempts: 5, firstPauseMs: 250, longestPauseMs: 8_000 };

/** Objects of a bucket. Contacts nothing before the first call. */
export class GcsObjectStore implements ComposingStore {
  readonly url: string;
  readonly #client: ApiClient;
  readonly #limits: UploadLimits;
  readonly #gzip: boolean;
  readonly #uploadTurns: SharedLimit | undefined;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Log;
  #swept: Promise<void> | undefined;

  constructor(options: GcsObjectStoreOptions) {
    const { bucket, apiEndpoint = GOOGLE, projectId, http, log, retry = DEFAULT_RETRY } = options;
    const { singleRequestBytes = 8 * MEBIBYTE, chunkBytes = 8 * MEBIBYTE, gzip = false } = options;
    const { stallMs = 60_000, cleanUpMs = 10_000 } = options.timeouts ?? {};
    if (chunkBytes <= 0 || chunkBytes % CHUNK_UNIT_BYTES !== 0) {
      throw new ContrailError('CONFIG_INVALID', `Chunks of ${chunkBytes} bytes are no multiple of 256 KiB.`);
    }
    const isEmulator = apiEndpoint.startsWith('http:');
    const credentials = isEmulator ? NO_CREDENTIALS : applicationDefault(apiEndpoint, projectId);
    this.url = `gs://${bucket}`;
    this.#client = new ApiClient({ bucket, endpoint: apiEndpoint, http, credentials, stallMs, retry, log });
    this.#limits = { singleRequestBytes, chunkBytes, cleanUpMs };
    this.#gzip = gzip;
    this.#uploadTurns = options.uploadTurns;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#log = log;
  }

  locate(name: string): string {
    checkObjectName(name);
    return `${this.url}/${name}`;
  }

  async head(name: string, signal: AbortSignal): Promise<StoredObject | undefined> {
    checkObjectName(name);
    signal.throwIfAborted();
    const object = await getObject(this.#client, name, signal);
    return object === undefined ? undefined : storedObject(object);
  }

  async list(prefix: string, signal: AbortSignal): Promise<StoredObject[]> {
    signal.throwIfAborted();
    const { objects } = await listObjects(this.#client, prefix, signal);
    return objects.filter((object) => isObjectName(object.name)).map(storedObject);
  }

  async read(name: string, signal: AbortSignal): Promise<Readable | undefined> {
    checkObjectName(name);
    signal.throwIfAborted();
    return readObject(this.#client, name, signal);
  }

  async write({ name, contentType, ifGeneration, signal }: WriteRequest): Promise<ObjectWriter> {
    checkObjectName(name);
    signal.throwIfAborted();
    const isWork = isWorkObject(name);
    if (isWork) await this.#sweep(signal);
    // Parts are joined unchanged: compressed one by one they would make a file that not every reader can unpack.
    const isPacked = this.#gzip && !isWork;
    const object = { name, contentType, ifGeneration, signal, ...(isPacked ? { contentEncoding: 'gzip' } : {}) };
    const parts = {
      client: this.#client,
      limits: this.#limits,
      turns: this.#uploadTurns,
      clock: this.#clock,
      random: this.#random,
    };
    const writer = new GcsObjectWriter(parts, object);
    return isPacked ? new GzipWriter(writer) : writer;
  }

  async updateMetadata({ name, ifGeneration, metadata, signal }: MetadataUpdate): Promise<StoredObject> {
    checkObjectName(name);
    signal.throwIfAborted();
    const object = await getObject(this.#client, name, signal);
    if (object === undefined || object.generation !== ifGeneration) {
      const found = object?.generation ?? ABSENT;
      throw changedError(`metadata of ${this.locate(name)}: generation ${ifGeneration} expected, ${found} found`);
    }
    return storedObject(await patchMetadata(this.#client, { object, metadata, signal }));
  }

  async compose(request: ComposeRequest): Promise<StoredObject> {
    for (const name of [request.name, ...request.parts]) checkObjectName(name);
    request.signal.throwIfAborted();
    await this.#sweep(request.signal);
    const { cleanUpMs } = this.#limits;
    const options = { cleanUpMs, clock: this.#clock, random: this.#random, log: this.#log };
    return storedObject(await composeObjects(this.#client, request, options));
  }

  async remove(name: string, signal: AbortSignal): Promise<void> {
    checkObjectName(name);
    checkWorkObject(name);
    signal.throwIfAborted();
    await deleteObject(this.#client, { name, signal });
  }

  /** Removes work objects older than a day by the service's clock and returns their number. Workers call it, and the store itself once before the first work object of a process. */
  async removeOldWork(signal: AbortSignal): Promise<number> {
    const { objects, serviceTime } = await listObjects(this.#client, WORK_FOLDER, signal);
    const old = objects.filter((object) => serviceTime - Date.parse(object.timeCreated) > WORK_KEPT_MS);
    for (const { name, generation } of old)
      await deleteObject(this.#client, { name, ifGeneration: generation, signal });
    return old.length;
  }

  heldPermissions(permissions: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    return heldPermissions(this.#client, permissions, signal);
  }

  /** Once per process. Objects that cannot be removed now do no harm and wait for the next process. */
  #sweep(signal: AbortSignal): Promise<void> {
    this.#swept ??= this.removeOldWork(signal).then(
      () => undefined,
      (error: unknown) => {
        this.#swept = undefined;
        this.#log.warn({ error }, 'old work objects could not be removed');
      },
    );
    return this.#swept;
  }
}
