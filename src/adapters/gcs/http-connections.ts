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
import { startTimer } from '../../domain/wait.ts';
import { ProxyAgent, type ProxyOptions, usesProxy } from './proxy-agent.ts';

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
  readonly #proxy: { readonly agent: ProxyAgent; readonly options: ProxyOptions } | undefined;
  readonly #plain = new PlainAgent({ keepAlive: true });
  readonly #secure = new SecureAgent({ keepAlive: true });

  /** A connection on which nothing moves for `stallMs` is broken. Encrypted ones go through the proxy, if there is one. */
  constructor(stallMs: number, proxy?: ProxyOptions) {
    this.#stallMs = stallMs;
    if (proxy !== undefined) this.#proxy = { agent: new ProxyAgent(proxy.url, { stallMs }), options: proxy };
  }

  /** Resolves with the head of the reply. Rejects with the signal's reason, or with what broke the connection. */
  send({ method, url, headers, body, signal }: HttpRequest): Promise<HttpReply> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const bytes = body.reduce((sum, piece) => sum + piece.length, 0);
      const options = { method, headers: { ...headers, 'content-length': String(bytes) }, signal };
      const request =
        url.protocol === 'https:'
          ? secureRequest(url, { ...options, agent: this.#agentFor(url) })
          : plainRequest(url, { ...options, agent: this.#plain });
      // A request that still waits for its connection is not told of an abort.
      const stop = (): void => reject(asError(signal.reason));
      signal.addEventListener('abort', stop, { once: true });
      request.once('socket', () => signal.removeEventListener('abort', stop));
      request.setTimeout(this.#stallMs, () => request.destroy(stalled(this.#stallMs)));
      request.on('error', (error) => {
        signal.removeEventListener('abort', stop);
        reject(signal.aborted ? asError(signal.reason) : error);
      });
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

  #agentFor(url: URL): SecureAgent {
    const proxy = this.#proxy;
    return proxy !== undefined && usesProxy(url, proxy.options) ? proxy.agent : this.#secure;
  }

  /** The body of a reply, piece by piece. Fails when it ends early or stalls, and with the signal's reason. */
  async *bodyOf({ message }: HttpReply, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
    const pieces: AsyncIterator<Buffer> = message[Symbol.asyncIterator]();
    try {
      for (;;) {
        const cancel = startTimer(this.#stallMs, () => message.destroy(stalled(this.#stallMs)));
        try {
          const { done, value } = await pieces.next();
          if (done === true) return;
          cancel();
          yield value;
        } finally {
          cancel();
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
