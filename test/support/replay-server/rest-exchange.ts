/** One request of REST from the socket to the handler and back, with what is set to go wrong on the way. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Counters, RequestKind } from './counters.ts';
import type { FaultPlan, Faults } from './faults.ts';
import { errorReply, RefusedError } from './statuses.ts';

export interface RestRequest {
  /** The named parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly body: Buffer;
  readonly plan: FaultPlan;
  /** Aborted when the caller has gone away. */
  readonly signal: AbortSignal;
}

/** The body of the reply, as JSON; undefined for 204. */
export type Handler = (request: RestRequest) => unknown;

export interface Route {
  readonly kind: RequestKind;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/datasets/:dataset`: what comes behind the project. */
  readonly path: string;
  readonly isUpload?: true;
  readonly handle: Handler;
}

export interface ExchangeDependencies {
  readonly faults: Faults;
  readonly counters: Counters;
}

/** Answers a request whose route was found. */
export async function answer(
  { faults, counters }: ExchangeDependencies,
  route: Route,
  exchange: {
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
    readonly url: URL;
    readonly params: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const { request, response, url, params } = exchange;
  const body = await bodyOf(request);
  counters.request(route.kind);
  const plan = faults.planOf(route.kind, `${url.pathname} ${route.isUpload ? '' : body.toString()}`);
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  // A caller that is gone ends the exchange here, where its connection is dropped anyway.
  if (plan.latencyMs > 0) await sleep(plan.latencyMs, undefined, { signal: gone.signal });
  const { failure } = plan;
  if (failure?.kind === 'stall') return;
  if (failure?.kind === 'reset') return void request.socket.resetAndDestroy();
  const reply = await replyTo(() => {
    if (failure?.kind === 'refuse') throw new RefusedError(failure);
    const contentType = request.headers['content-type'] ?? '';
    return route.handle({ params, query: url.searchParams, contentType, body, plan, signal: gone.signal });
  });
  const bytes = Buffer.from(reply.body === undefined ? '' : JSON.stringify(reply.body));
  counters.add('bytesReplied', bytes.length);
  response.writeHead(reply.status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': bytes.length,
    ...reply.headers,
  });
  if (failure?.kind !== 'truncate') return void response.end(bytes);
  response.write(bytes.subarray(0, bytes.length >> 1), () => request.socket.destroy());
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** The reply of a handler, or the error that it threw in the words of the service. */
export async function replyTo(handle: () => unknown): Promise<Reply> {
  try {
    const body = await handle();
    return { status: body === undefined ? 204 : 200, headers: {}, body };
  } catch (error) {
    const refused =
      error instanceof RefusedError ? error : new RefusedError({ code: 'INTERNAL', message: String(error) });
    const { httpStatus, headers, body } = errorReply(refused);
    return { status: httpStatus, headers, body };
  }
}

/** All that was sent. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
