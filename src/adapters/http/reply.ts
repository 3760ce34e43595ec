/** A reply with a streamed body: unpacked, limited, with errors that may be shown. */
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
  /** Translates connection errors for messages. */
  readonly failure: (error: unknown) => unknown;
}

/** How much of an unwanted body is read so that its connection can be reused. */
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
    // The reader gets the error; it does not matter if nobody reads to the end.
    options.body.on('error', () => undefined);
  }

  /** Whether somebody reads the body, or will after the request. */
  get isTaken(): boolean {
    return this.#isTaken;
  }

  /** Unpacked bytes. */
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

  /** Reads a short rest, and closes the connection of a long one. */
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
    // A reply without a body may still have a content encoding.
    const isBare = this.status === 204 || this.status === 304 || this.headers['content-length'] === '0';
    if (!isUnpacked || isBare || encoding === '' || encoding === 'identity') return body;
    if (encoding !== 'gzip' && encoding !== 'x-gzip')
      throw new Error('it answers in an encoding that was not asked for');
    const gunzip = createGunzip();
    // An error of one ends the other, and the reader gets it.
    pipeline(body, gunzip, () => undefined);
    return gunzip;
  }
}

/** Undici frees a connection one turn of the event loop after the reply; an earlier request would open another. */
async function untilReusable(): Promise<void> {
  await nextTurn();
}
