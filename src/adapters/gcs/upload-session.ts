/**
 * Uploads a large object in chunks by a resumable session. The object appears with the last chunk, when the service checks the
 * precondition again. A session that is cancelled before leaves nothing behind.
 */
import { errorText } from '../../domain/errors.ts';
import type { Generation } from '../../ports/object-store.ts';
import { type ApiCall, type ApiClient, type ApiReply, parseReply } from './api-client.ts';
import { generationNumber, OBJECT_FIELDS, ObjectResource } from './object-resource.ts';
import { unanswered } from './service-errors.ts';

/** Chunks must be multiples of this, except the last. */
export const CHUNK_UNIT_BYTES = 256 * 1024;

export interface NewObject {
  readonly name: string;
  readonly contentType: string;
  readonly contentEncoding?: string;
  readonly ifGeneration: Generation;
  readonly signal: AbortSignal;
}

/** What the service has: some bytes or, after the last chunk, the object. */
type Progress = { readonly persisted: number } | { readonly object: ObjectResource };

export class UploadSession {
  readonly #client: ApiClient;
  readonly #call: Pick<ApiCall, 'doing' | 'permission' | 'path' | 'isPatient'>;
  readonly #signal: AbortSignal;
  #sent = 0;

  private constructor(client: ApiClient, url: string, { name, signal }: NewObject) {
    this.#client = client;
    this.#signal = signal;
    this.#call = { doing: doingOf(client, name), permission: 'storage.objects.create', path: url, isPatient: true };
  }

  /** Starts a session without our metadata, which are known only at the end (ADR 7). */
  static async start(client: ApiClient, object: NewObject): Promise<UploadSession> {
    const { name, contentType, contentEncoding, ifGeneration, signal } = object;
    const call = {
      doing: doingOf(client, name),
      permission: 'storage.objects.create',
      method: 'POST',
      path: client.uploadPath,
      query: {
        uploadType: 'resumable',
        ifGenerationMatch: generationNumber(ifGeneration),
        fields: OBJECT_FIELDS,
      },
      headers: { 'x-upload-content-type': contentType },
      json: { name, contentType, ...(contentEncoding === undefined ? {} : { contentEncoding }) },
      signal,
    } as const;
    const { location } = (await client.call(call)).headers;
    if (location === undefined) throw unanswered('the reply names no session', call);
    return new UploadSession(client, location, object);
  }

  /** Sends a chunk that is not the last. */
  async append(chunk: Uint8Array): Promise<void> {
    const object = await this.#put(chunk);
    if (object !== undefined) throw unanswered('the object was finished before its end', this.#call);
  }

  /** Sends the last chunk, which publishes the object. Throws OBJECT_CHANGED, CHECKSUM_MISMATCH. */
  async finish(chunk: Uint8Array, crc32c: string): Promise<ObjectResource> {
    const object = await this.#put(chunk, crc32c);
    if (object === undefined) throw unanswered('the object was not finished with its last chunk', this.#call);
    return object;
  }

  /** Cancels an unfinished session. Errors do not matter, because it expires after a week. */
  async cancel(signal: AbortSignal): Promise<void> {
    await this.#client.attempt({ ...this.#call, method: 'DELETE', signal }).catch(() => undefined);
  }

  /** Sends bytes until the service has them all; after a failure it first asks which ones it has. */
  async #put(chunk: Uint8Array, crc32c?: string): Promise<ObjectResource | undefined> {
    const end = this.#sent + chunk.length;
    const total = crc32c === undefined ? undefined : end;
    let rest = chunk;
    let isUnsure = false;
    for (let attempts = 1; ;) {
      const call = isUnsure ? this.#statusCall(total) : this.#chunkCall(rest, total, crc32c);
      const progress = await this.#tryOnce(call, attempts);
      if (progress !== undefined && 'object' in progress) return progress.object;
      if (progress === undefined) {
        attempts += 1;
      } else if (progress.persisted !== this.#sent) {
        rest = this.#advance(rest, progress.persisted, end);
        if (total === undefined && this.#sent === end) return undefined;
        attempts = 1;
      } else if (!isUnsure) {
        await this.#pauseOrFail(attempts, call, 'nothing was kept of a chunk');
        attempts += 1;
      }
      isUnsure = progress === undefined;
    }
  }

  /** What the service has after a call; undefined, after a pause, if unknown. Throws when attempts are used up. */
  async #tryOnce(call: ApiCall, attempts: number): Promise<Progress | undefined> {
    let reply: Omit<ApiReply, 'attempts'>;
    try {
      reply = await this.#client.attempt(call);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (attempts >= this.#client.retry.attempts) throw unanswered(error, call);
      await this.#client.pause(attempts, call, errorText(error));
      return undefined;
    }
    if (reply.status === 308) return { persisted: persistedBytes(reply, call) };
    if (reply.status < 300) return { object: parseReply(ObjectResource, reply, call) };
    if (reply.status === 404 || reply.status === 410) throw unanswered('the upload session is gone', call);
    const isWorthIt = this.#client.isWorthRepeating(reply.status, call);
    if (!isWorthIt || attempts >= this.#client.retry.attempts) throw this.#client.refusal(reply, call);
    await this.#client.pause(attempts, call, `status ${reply.status}`, reply.headers);
    return undefined;
  }

  async #pauseOrFail(attempts: number, call: ApiCall, reason: string): Promise<void> {
    if (attempts >= this.#client.retry.attempts) throw unanswered(reason, call);
    await this.#client.pause(attempts, call, reason);
  }

  #advance(bytes: Uint8Array, persisted: number, end: number): Uint8Array {
    if (persisted < this.#sent || persisted > end) {
      throw unanswered(`it has ${persisted} bytes where ${this.#sent} to ${end} were sent`, this.#call);
    }
    const rest = bytes.subarray(persisted - this.#sent);
    this.#sent = persisted;
    return rest;
  }

  #chunkCall(bytes: Uint8Array, total: number | undefined, crc32c: string | undefined): ApiCall {
    const range = bytes.length === 0 ? '*' : `${this.#sent}-${this.#sent + bytes.length - 1}`;
    const hash = crc32c === undefined ? {} : { 'x-goog-hash': `crc32c=${crc32c}` };
    return this.#putCall({ 'content-range': `bytes ${range}/${total ?? '*'}`, ...hash }, [bytes]);
  }

  #statusCall(total: number | undefined): ApiCall {
    return this.#putCall({ 'content-range': `bytes */${total ?? '*'}` }, []);
  }

  #putCall(headers: Record<string, string>, body: readonly Uint8Array[]): ApiCall {
    return { ...this.#call, method: 'PUT', headers, body, signal: this.#signal };
  }
}

/** How many bytes the service has, from `Range: bytes=0-8388607`; 0 without the header. */
function persistedBytes({ headers }: Pick<ApiReply, 'headers'>, call: ApiCall): number {
  const { range } = headers;
  if (range === undefined) return 0;
  const last = /^bytes=0-(\d+)$/.exec(range)?.[1];
  if (last === undefined) throw unanswered(`the reply has the range ${range}`, call);
  return Number(last) + 1;
}

function doingOf(client: ApiClient, name: string): string {
  return `publishing gs://${client.bucket}/${name}`;
}
