/**
 * Requests over connections that are kept and used again. Node's own client, because it sends a body in pieces without
 * joining them and notices a socket on which nothing moves, in either direction.
 */
import {
  Agent as PlainAgent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as plainRequest,
} from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { bytesIn } from './pieces.ts';

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: readonly Uint8Array[];
  readonly signal: AbortSignal;
}

/** The head of a reply; its body is read by `bodyOf`. */
export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly message: IncomingMessage;
}

export class HttpConnections {
  readonly #stallMs: number;
  readonly #plain = new PlainAgent({ keepAlive: true });
  readonly #secure = new SecureAgent({ keepAlive: true });

  /** A connection on which nothing moves for `stallMs` is broken. */
  constructor(stallMs: number) {
    this.#stallMs = stallMs;
  }

  /** Resolves with the head of the reply. Rejects with the signal's reason, or with what broke the connection. */
  send({ method, url, headers, body, signal }: HttpRequest): Promise<HttpReply> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const options = { method, headers: { ...headers, 'content-length': String(bytesIn(body)) }, signal };
      const request =
        url.protocol === 'https:'
          ? secureRequest(url, { ...options, agent: this.#secure })
          : plainRequest(url, { ...options, agent: this.#plain });
      request.setTimeout(this.#stallMs, () => request.destroy(stalled(this.#stallMs)));
      request.on('error', (error) => reject(signal.aborted ? asError(signal.reason) : error));
      request.once('response', (message) => {
        // From here on `bodyOf` watches: a reader that takes its time is no stalled socket.
        request.setTimeout(0);
        // Met by `bodyOf`; a reply that nobody reads to its end may break as it likes.
        message.on('error', () => undefined);
        resolve({ status: message.statusCode ?? 0, headers: message.headers, message });
      });
      for (const piece of body) request.write(piece);
      request.end();
    });
  }

  /** The body of a reply, piece by piece. Fails when it ends early or stalls, and with the signal's reason. */
  async *bodyOf({ message }: HttpReply, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
    const pieces: AsyncIterator<Buffer> = message[Symbol.asyncIterator]();
    try {
      for (;;) {
        const timer = setTimeout(() => message.destroy(stalled(this.#stallMs)), this.#stallMs);
        try {
          const { done, value } = await pieces.next();
          if (done === true) return;
          clearTimeout(timer);
          yield value;
        } finally {
          clearTimeout(timer);
        }
      }
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      message.destroy();
    }
  }

  /** The whole body of a reply as text. */
  async textOf(reply: HttpReply, signal: AbortSignal): Promise<string> {
    const pieces: Buffer[] = [];
    for await (const piece of this.bodyOf(reply, signal)) pieces.push(piece);
    return Buffer.concat(pieces).toString('utf8');
  }
}

function stalled(stallMs: number): Error {
  return new Error(`nothing moved on the connection for ${stallMs} ms`);
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
