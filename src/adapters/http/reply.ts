/** A reply whose body comes as it is read: unpacked, within its limit, and with errors that may be shown. */
import { pipeline, type Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { tooLarge } from '../../domain/byte-limit.ts';
import type { HttpReply, ReplyLimit } from '../../ports/http.ts';

export interface ReplyOptions {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Dispatcher.ResponseData['body'];
  readonly isUnpacked: boolean;
  readonly limit: ReplyLimit | undefined;
  /** What breaks the connection, as it may be shown. */
  readonly failure: (error: unknown) => unknown;
}

/** How much of a body that nobody wants is read, so that its connection can be used again. */
const MOST_DRAINED_BYTES = 64 * 1024;

export class StreamedReply implements HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly #options: ReplyOptions;
  #isTaken = false;
  #bytesRead = 0;

  constructor(options: ReplyOptions) {
    this.status = options.status;
    this.headers = options.headers;
    this.#options = options;
    // Met by who reads; a reply that nobody reads to its end may break as it likes.
    options.body.on('error', () => undefined);
  }

  /** Whether somebody reads the body, or will, after the request. */
  get isTaken(): boolean {
    return this.#isTaken;
  }

  /** Unpacked. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  async bytes(): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.#read()) pieces.push(piece);
    await untilReusable();
    return Buffer.concat(pieces);
  }

  async text(): Promise<string> {
    return (await this.bytes()).toString('utf8');
  }

  takeBody(): AsyncIterableIterator<Uint8Array> {
    this.#isTaken = true;
    return this.#read();
  }

  discard(): void {
    this.#options.body.destroy();
  }

  /** Reads a short rest, and lets go of a long one. */
  async drain(): Promise<void> {
    const { body, failure } = this.#options;
    await body.dump({ limit: MOST_DRAINED_BYTES }).catch((error: unknown) => {
      throw failure(error);
    });
    await untilReusable();
  }

  /** Calls back when nothing more will come. */
  onClose(callBack: () => void): void {
    const { body } = this.#options;
    if (body.closed) callBack();
    else body.once('close', callBack);
  }

  async *#read(): AsyncGenerator<Uint8Array, void, undefined> {
    const { body, limit, failure } = this.#options;
    try {
      const pieces: AsyncIterable<Buffer> = this.#unpacked();
      for await (const piece of pieces) {
        this.#bytesRead += piece.length;
        if (limit !== undefined && this.#bytesRead > limit.bytes) throw tooLarge(limit, limit.what);
        yield piece;
      }
    } catch (error) {
      throw failure(error);
    } finally {
      body.destroy();
    }
  }

  #unpacked(): Readable {
    const { body, isUnpacked } = this.#options;
    const encoding = this.headers['content-encoding']?.trim().toLowerCase() ?? '';
    // A reply without a body may say how one would be encoded.
    const isBare = this.status === 204 || this.status === 304 || this.headers['content-length'] === '0';
    if (!isUnpacked || isBare || encoding === '' || encoding === 'identity') return body;
    if (encoding !== 'gzip' && encoding !== 'x-gzip')
      throw new Error('it answers in an encoding that was not asked for');
    const gunzip = createGunzip();
    // What breaks one of the two breaks the other, and is met by who reads.
    pipeline(body, gunzip, () => undefined);
    return gunzip;
  }
}

/** Undici frees a connection a turn of the event loop after the reply; a request before that would open another. */
async function untilReusable(): Promise<void> {
  await nextTurn();
}
