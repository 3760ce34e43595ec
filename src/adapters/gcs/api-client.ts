/** Calls to the JSON API of Cloud Storage: signed, sent again while that can help, errors translated. */
import { z } from 'zod';
import { CONTRAIL_VERSION } from '../../domain/version.ts';
import type { Log } from '../../ports/log.ts';
import { ContrailError, errorText } from '../../domain/errors.ts';
import { wait } from '../../domain/wait.ts';
import type { Credentials } from './credentials.ts';
import { HttpConnections, type HttpReply } from './http-connections.ts';
import type { ProxyOptions } from './proxy-agent.ts';
import { type Act, isPassing, missingBucket, refusalError, unanswered, whatIsMissing } from './service-errors.ts';

export interface ApiClientOptions {
  readonly bucket: string;
  /** `https://storage.googleapis.com`, without a path. */
  readonly endpoint: string;
  readonly credentials: Credentials;
  readonly stallMs: number;
  readonly retry: RetryOptions;
  readonly proxy?: ProxyOptions | undefined;
  readonly log: Log;
}

/** How often a call that may be repeated is made, and how long to wait between. */
export interface RetryOptions {
  readonly attempts: number;
  /** Doubled for each further attempt, and up to that much again at random. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

/** One call. All calls may be repeated: those that change something carry a precondition. */
export interface ApiCall {
  /** As in “publishing gs://bucket/name”. */
  readonly doing: string;
  readonly permission: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the endpoint, names encoded; or a whole URL that needs no signature (an upload session). */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly body?: readonly Uint8Array[];
  /** Statuses besides success that the caller understands. */
  readonly accept?: readonly number[];
  /** Wait and repeat when told to slow down: where giving up would throw away more than a request. */
  readonly isPatient?: boolean;
  readonly signal: AbortSignal;
}

export interface ApiReply {
  readonly status: number;
  readonly headers: HttpReply['headers'];
  readonly text: string;
  /** 1 if no earlier attempt can have done the work without our knowing. */
  readonly attempts: number;
}

const LIST = 'storage.objects.list';

export class ApiClient {
  readonly bucket: string;
  readonly #options: ApiClientOptions;
  readonly #connections: HttpConnections;

  constructor(options: ApiClientOptions) {
    this.bucket = options.bucket;
    this.#options = options;
    this.#connections = new HttpConnections(options.stallMs, options.proxy);
  }

  get retry(): RetryOptions {
    return this.#options.retry;
  }

  /** Path of the bucket's objects, or of one of them. */
  objectPath(name?: string): string {
    const objects = `/storage/v1/b/${encodeURIComponent(this.bucket)}/o`;
    return name === undefined ? objects : `${objects}/${encodeURIComponent(name)}`;
  }

  /** Where new objects are sent. */
  get uploadPath(): string {
    return `/upload${this.objectPath()}`;
  }

  /** Makes a call and reads the whole reply. */
  call(call: ApiCall): Promise<ApiReply> {
    return this.#repeat(call, async (reply, attempts) => ({ ...(await this.#read(reply, call)), attempts }));
  }

  /** Makes a call whose reply is a stream, from a success on. What is not found is undefined. */
  stream(call: ApiCall): Promise<{ headers: HttpReply['headers']; body: AsyncIterable<Buffer> } | undefined> {
    return this.#repeat({ ...call, accept: [404] }, async (reply) => {
      if (reply.status !== 404) {
        return { headers: reply.headers, body: this.#connections.bodyOf(reply, call.signal) };
      }
      await this.checkBucket(await this.#read(reply, call), call);
      return undefined;
    });
  }

  /** Makes a call once. Throws what broke the connection as it is. */
  async attempt(call: ApiCall): Promise<Omit<ApiReply, 'attempts'>> {
    return this.#read(await this.#send(call), call);
  }

  /** After a 404: throws BUCKET_MISSING if that is what is missing, rather than the object. */
  async checkBucket(refusal: { status: number; text: string }, { doing, permission, signal }: ApiCall): Promise<void> {
    const act = { doing, permission, bucket: this.bucket };
    const missing = whatIsMissing(refusal);
    if (missing === 'object') return;
    if (missing === 'bucket') throw missingBucket(act);
    // Said so by a listing, whose permission Contrail needs anyway: looking at the bucket itself would need another.
    const query = { maxResults: '1', fields: 'kind' };
    await this.call({ doing, permission: LIST, method: 'GET', path: this.objectPath(), query, signal });
  }

  /** The error for a reply that is no success. */
  refusal(reply: { status: number; text: string }, { doing, permission }: ApiCall): ContrailError {
    return refusalError(reply, { doing, permission, bucket: this.bucket });
  }

  /** Waits before another attempt, longer each time; the service may ask for more. */
  async pause(attempts: number, call: ApiCall, reason: string, headers: HttpReply['headers'] = {}): Promise<void> {
    const { firstPauseMs, longestPauseMs } = this.#options.retry;
    const askedMs = 1000 * (Number(headers['retry-after']) || 0);
    const ownMs = firstPauseMs * 2 ** (attempts - 1) * (1 + Math.random());
    const pauseMs = Math.min(Math.max(askedMs, ownMs), longestPauseMs);
    this.#options.log.debug({ doing: call.doing, attempts, reason, pauseMs }, 'Cloud Storage is asked again');
    try {
      await wait(pauseMs, call.signal);
    } catch {
      call.signal.throwIfAborted();
    }
  }

  /** Whether a reply of that status is worth another attempt. */
  isWorthRepeating(status: number, call: ApiCall): boolean {
    return isPassing(status) || (status === 429 && call.isPatient === true);
  }

  async #repeat<T>(call: ApiCall, use: (reply: HttpReply, attempts: number) => Promise<T>): Promise<T> {
    for (let attempts = 1; ; attempts++) {
      const isLast = attempts >= this.#options.retry.attempts;
      let refused: { status: number; text: string; headers: HttpReply['headers'] };
      try {
        const reply = await this.#send(call);
        if (isSuccess(reply.status) || call.accept?.includes(reply.status)) return await use(reply, attempts);
        refused = await this.#read(reply, call);
      } catch (error) {
        call.signal.throwIfAborted();
        if (error instanceof ContrailError) throw error;
        if (isLast) throw unanswered(error, call);
        await this.pause(attempts, call, errorText(error));
        continue;
      }
      if (isLast || !this.isWorthRepeating(refused.status, call)) throw this.refusal(refused, call);
      await this.pause(attempts, call, `status ${refused.status}`, refused.headers);
    }
  }

  /** One attempt; a token that is refused is replaced once. */
  async #send(call: ApiCall): Promise<HttpReply> {
    const reply = await this.#sendSigned(call);
    if (reply.status !== 401) return reply;
    this.#options.credentials.renew();
    await this.#read(reply, call);
    return this.#sendSigned(call);
  }

  async #sendSigned({ method, path, query, headers, json, body, signal }: ApiCall): Promise<HttpReply> {
    signal.throwIfAborted();
    const url = new URL(path, this.#options.endpoint);
    for (const [key, value] of Object.entries(query ?? {})) url.searchParams.set(key, value);
    // A session's URL is its own signature, and may lie anywhere: the token is not for it.
    const signature = path.startsWith('/') ? await this.#options.credentials.headers() : {};
    const isJson = json !== undefined;
    return this.#connections.send({
      method,
      url,
      headers: {
        'user-agent': `contrail/${CONTRAIL_VERSION}`,
        ...(isJson ? { 'content-type': 'application/json; charset=utf-8' } : {}),
        ...signature,
        ...headers,
      },
      body: isJson ? [Buffer.from(JSON.stringify(json))] : (body ?? []),
      signal,
    });
  }

  async #read(reply: HttpReply, { signal }: ApiCall): Promise<Omit<ApiReply, 'attempts'>> {
    const text = await this.#connections.textOf(reply, signal);
    return { status: reply.status, headers: reply.headers, text };
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** A reply as JSON of that shape. Throws SERVICE_UNAVAILABLE for anything else. */
export function parseReply<Schema extends z.ZodType>(
  schema: Schema,
  { text }: { text: string },
  act: Pick<Act, 'doing'>,
): z.infer<Schema> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw unanswered(
      error instanceof z.ZodError ? `the reply has another shape: ${z.prettifyError(error)}` : error,
      act,
    );
  }
}
