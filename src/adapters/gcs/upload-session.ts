/**
 * A large object in chunks, by a resumable session of the service. Nothing is seen of the object until the last chunk,
 * with which the service also looks at the precondition again; a session that is cancelled before leaves no trace.
 */
import { errorText } from '../../domain/errors.ts';
import type { Generation } from '../../ports/object-store.ts';
import { type ApiCall, type ApiClient, type ApiReply, parseReply } from './api-client.ts';
import { generationNumber, OBJECT_FIELDS, ObjectResource } from './object-resource.ts';
import { unanswered } from './service-errors.ts';

/** Chunks must be whole multiples of this, but for the last. */
export const CHUNK_UNIT_BYTES = 256 * 1024;

export interface NewObject {
  readonly name: string;
  readonly contentType: string;
  readonly contentEncoding?: string;
  readonly ifGeneration: Generation;
  readonly signal: AbortSignal;
}

/** What the service has of the object: some bytes, or, after the last chunk, all. */
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

  /** Asks for a session; the object gets no metadata of ours, which are known only at the end. */
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

  /** Sends the last chunk, with which the object appears. Throws OBJECT_CHANGED, CHECKSUM_MISMATCH. */
  async finish(chunk: Uint8Array, crc32c: string): Promise<ObjectResource> {
    const object = await this.#put(chunk, crc32c);
    if (object === undefined) throw unanswered('the object was not finished with its last chunk', this.#call);
    return object;
  }

  /** Ends a session that is not finished. It would end by itself after a week, so trouble with it is none. */
  async cancel(signal: AbortSignal): Promise<void> {
    await this.#client.attempt({ ...this.#call, method: 'DELETE', signal }).catch(() => undefined);
  }

  /** Sends bytes until the service has them all; after a failure it is asked first which it has. */
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

  /** What the service has after a call; undefined if that is unknown, after a pause. Throws when it is time to give up. */
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

/** How many bytes the service has, from `Range: bytes=0-8388607`; none where it says nothing. */
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
