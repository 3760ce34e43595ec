/**
 * A Cloud Storage of our own on loopback, for what the emulator cannot do: preconditions everywhere, upload sessions
 * that tell what they have, and trouble of every kind on demand. It follows the service's documentation of the JSON API
 * (uploads: cloud.google.com/storage/docs/performing-resumable-uploads).
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Bucket, type Reply } from './gcs-bucket.ts';

/** What goes wrong with one request. */
export type Fault =
  /** Answer so, and do nothing. */
  | { readonly reply: Reply }
  /** Break the connection after that much of the body; a session keeps it. 0: before anything is done. */
  | { readonly breakAfterBytes: number }
  /** Do what is asked, and break the connection instead of answering. */
  | 'lose the reply'
  /** Do what is asked, and break the connection in the middle of the answer. */
  | 'cut the reply'
  /** Do nothing, and never answer. */
  | 'stall'
  /** Do what is asked, and change the answer. */
  | { readonly change: (reply: Reply) => Reply }
  /** Do something else first: what another client does meanwhile. */
  | { readonly before: () => void };

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** `start`, `chunk`, `status`, `cancel` of a session, or what else is asked for. */
  readonly kind: RequestKind;
  /** Size of the body. */
  bytes: number;
}

export type RequestKind =
  ('upload' | 'start' | 'chunk' | 'status' | 'cancel') | ('list' | 'get' | 'media' | 'patch' | 'delete' | 'compose');

export class GcsServer {
  readonly bucket = new Bucket();
  readonly requests: ReceivedRequest[] = [];
  readonly #faults: { kind: RequestKind; fault: Fault }[] = [];
  readonly #server: Server;
  #url = '';

  private constructor() {
    this.#server = createServer((request, response) => {
      // A client that has gone is one of the troubles that are tested.
      this.#handle(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<GcsServer> {
    const server = new GcsServer();
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    const address = server.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    server.#url = `http://127.0.0.1:${address.port}`;
    return server;
  }

  get url(): string {
    return this.#url;
  }

  /** The kinds of the requests so far, in order. */
  get kinds(): RequestKind[] {
    return this.requests.map((request) => request.kind);
  }

  get receivedBytes(): number {
    return this.requests.reduce((sum, request) => sum + request.bytes, 0);
  }

  /** Lets the next request of that kind fail so; a second call concerns the one after it. */
  failNext(kind: RequestKind, fault: Fault): void {
    this.#faults.push({ kind, fault });
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = receive(request);
    this.requests.push(received);
    const fault = this.#takeFault(received.kind);
    const limit = typeof fault === 'object' && 'breakAfterBytes' in fault ? fault.breakAfterBytes : Infinity;
    const body = await readBody(request, received, limit);
    if (fault === 'stall') return;
    if (limit !== Infinity) {
      if (received.kind === 'chunk') this.bucket.keepOfChunk(received, body);
      return void request.socket.destroy();
    }
    if (typeof fault === 'object' && 'reply' in fault) return send(response, fault.reply);
    if (typeof fault === 'object' && 'before' in fault) fault.before();
    const reply = this.bucket.answer(received, body, this.#url);
    if (fault === 'lose the reply') return void request.socket.destroy();
    if (fault === 'cut the reply') return cut(response, reply);
    send(response, typeof fault === 'object' && 'change' in fault ? fault.change(reply) : reply);
  }

  #takeFault(kind: RequestKind): Fault | undefined {
    const index = this.#faults.findIndex((planned) => planned.kind === kind);
    return index < 0 ? undefined : this.#faults.splice(index, 1)[0]?.fault;
  }
}

function receive(request: IncomingMessage): ReceivedRequest {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const { method = 'GET', headers } = request;
  return {
    method,
    path: pathname,
    query: searchParams,
    headers,
    kind: kindOf(request, pathname, searchParams),
    bytes: 0,
  };
}

function kindOf({ method, headers }: IncomingMessage, path: string, query: URLSearchParams): RequestKind {
  if (path.startsWith('/session/')) {
    if (method === 'DELETE') return 'cancel';
    return headers['content-range']?.startsWith('bytes */') === true ? 'status' : 'chunk';
  }
  if (path.startsWith('/upload/')) return query.get('uploadType') === 'resumable' ? 'start' : 'upload';
  if (path.endsWith('/compose')) return 'compose';
  if (path.endsWith('/o')) return 'list';
  if (method === 'PATCH') return 'patch';
  if (method === 'DELETE') return 'delete';
  return query.get('alt') === 'media' ? 'media' : 'get';
}

async function readBody(request: IncomingMessage, received: ReceivedRequest, limit: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  if (limit > 0) {
    for await (const piece of request) {
      pieces.push(piece);
      received.bytes += piece.length;
      if (received.bytes >= limit) break;
    }
  }
  return Buffer.concat(pieces).subarray(0, limit === Infinity ? undefined : limit);
}

function send(response: ServerResponse, { status, json, body, headers }: Reply): void {
  const content = body ?? Buffer.from(json === undefined ? '' : JSON.stringify(json));
  response.writeHead(status, { 'content-length': content.length, ...headers }).end(content);
}

function cut(response: ServerResponse, { status, json, body, headers }: Reply): void {
  const content = body ?? Buffer.from(JSON.stringify(json ?? {}));
  response.writeHead(status, { 'content-length': content.length, ...headers });
  response.write(content.subarray(0, content.length / 2), () => response.destroy());
}
