/** HTTP requests with reused connections, proxy, retries, limits and aborts. */
import type { Dispatcher } from 'undici';
import { untilAborted } from '../../domain/until-aborted.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Http, HttpReply, HttpRequest, Pauses, PauseOptions } from '../../ports/http.ts';
import type { Random } from '../../ports/random.ts';
import { type ConnectionOptions, type Connections, DEFAULT_CONNECT_MS, openConnections } from './connections.ts';
import { failureOf } from './failures.ts';
import { joinSignals } from './join-signals.ts';
import { pauseBefore } from './pauses.ts';
import { redirectOf } from './redirects.ts';
import { StreamedReply } from './reply.ts';
import { sentBody } from './request-body.ts';

export interface HttpClientOptions extends ConnectionOptions {
  /** Called after each request, including its reply. */
  readonly onRequest?: (report: RequestReport) => void;
  readonly clock: Clock;
  readonly random: Random;
}

/** Facts about a request. */
export interface RequestReport {
  readonly service: string;
  readonly method: string;
  /** Of the last try; undefined without a reply. */
  readonly status: number | undefined;
  readonly durationMs: number;
  /** Bytes of the last reply that were read, unpacked. */
  readonly bytes: number;
  readonly tries: number;
}

const DEFAULT_STALL_MS = 60_000;
const MOST_REDIRECTS = 5;

/** One per process, so that all users of a service share its connections. */
export class HttpClient implements Http {
  readonly #options: HttpClientOptions;
  readonly #clock: Clock;
  #connections: Promise<Connections> | undefined;

  /** Loads and contacts nothing before the first request. */
  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#clock = options.clock;
  }

  async request<Result>(
    request: HttpRequest,
    read: (reply: HttpReply, tries: number) => Promise<Result>,
  ): Promise<Result> {
    const { repeat, signal } = request;
    const startedAt = this.#clock.monotonic();
    for (let tries = 1; ; tries++) {
      let reply: StreamedReply | undefined;
      try {
        reply = await this.#send(request);
        const result = await read(reply, tries);
        this.#finish({ request, reply, tries, startedAt });
        return result;
      } catch (error) {
        reply?.discard();
        const isLast = repeat === undefined || tries >= repeat.tries;
        if (signal.aborted || isLast || !repeat.isWorthIt(error)) {
          this.#report({ request, reply, tries, startedAt });
          signal.throwIfAborted();
          throw error;
        }
        const onPause = (pauseMs: number): void => repeat.onPause?.({ tries, pauseMs, error });
        await this.pause(repeat, tries, { headers: reply?.headers, onPause, signal });
      }
    }
  }

  async pause(pauses: Pauses, tries: number, { headers, onPause, signal }: PauseOptions): Promise<void> {
    const pauseMs = pauseBefore(pauses, tries, this.#options.random.fraction())(headers);
    onPause?.(pauseMs);
    await this.#clock.sleep(pauseMs, signal);
  }

  /** One try, which may take several requests. */
  async #send(request: HttpRequest): Promise<StreamedReply> {
    const { signal, timeoutMs, credentials } = request;
    const ends = joinSignals(timeoutMs === undefined ? [signal] : [signal, this.#clock.timeout(timeoutMs)]);
    try {
      let reply = await this.#follow(request, ends.signal);
      if (reply.status === 401 && credentials !== undefined) {
        credentials.renew();
        await reply.drain();
        reply = await this.#follow(request, ends.signal);
      }
      reply.onClose(() => ends.release());
      return reply;
    } catch (error) {
      ends.release();
      throw error;
    }
  }

  async #follow(request: HttpRequest, signal: AbortSignal): Promise<StreamedReply> {
    let { url } = request;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const reply = await this.#sendTo(url, request, signal);
      if (request.followsRedirects !== true) return reply;
      const next = redirectOf(url, reply);
      if (next === undefined) return reply;
      await reply.drain();
      url = next;
    }
    throw new Error('it redirects without end');
  }

  async #sendTo(url: URL, request: HttpRequest, signal: AbortSignal): Promise<StreamedReply> {
    const { method, headers, credentials, isUnpacked = false, limit, stallMs = DEFAULT_STALL_MS } = request;
    const failure = (error: unknown): unknown =>
      failureOf(error, { stallMs, connectMs: this.#options.connectMs ?? DEFAULT_CONNECT_MS });
    const signature = credentials === undefined ? {} : await untilAborted(credentials.headers(), signal);
    this.#connections ??= openConnections(this.#options, this.#clock);
    const dispatcher = (await this.#connections).dispatcherFor(url);
    signal.throwIfAborted();
    request.onSend?.();
    const sent = sentBody(request.body);
    const asked = dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: { ...(isUnpacked ? { 'accept-encoding': 'gzip' } : {}), ...signature, ...headers, ...sent.headers },
      body: sent.body,
      headersTimeout: Math.ceil(stallMs),
      bodyTimeout: Math.ceil(stallMs),
      signal,
    });
    // Undici notices an abort only once it has a connection.
    const reply = await untilAborted(asked, signal).catch((error: unknown) => {
      throw failure(error);
    });
    return new StreamedReply({
      status: reply.statusCode,
      headers: joinedHeaders(reply.headers),
      body: reply.body,
      isUnpacked,
      limit,
      failure,
    });
  }

  #finish(request: EndedRequest): void {
    const { reply } = request;
    // A body that was taken is read after the request, so to say.
    if (reply?.isTaken === true) return reply.onClose(() => this.#report(request));
    reply?.discard();
    this.#report(request);
  }

  #report({ request: { service, method }, reply, tries, startedAt }: EndedRequest): void {
    const durationMs = this.#clock.monotonic() - startedAt;
    const bytes = reply?.bytesRead ?? 0;
    this.#options.onRequest?.({ service, method, status: reply?.status, durationMs, bytes, tries });
  }
}

interface EndedRequest {
  readonly request: HttpRequest;
  readonly reply: StreamedReply | undefined;
  readonly tries: number;
  readonly startedAt: number;
}

function joinedHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}
