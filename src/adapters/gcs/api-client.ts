/** Calls to the JSON API of Cloud Storage: signed, sent again while that can help, errors translated. */
import { z } from 'zod';
import { CONTRAIL_VERSION } from '../../domain/version.ts';
import type { Http, HttpCredentials, HttpReply, HttpRequest } from '../../ports/http.ts';
import type { Log } from '../../ports/log.ts';
import { ContrailError, errorText } from '../../domain/errors.ts';
import { type Act, isPassing, missingBucket, refusalError, unanswered, whatIsMissing } from './service-errors.ts';

export interface ApiClientOptions {
  readonly bucket: string;
  /** `https://storage.googleapis.com`, without a path. */
  readonly endpoint: string;
  readonly http: Http;
  readonly credentials: HttpCredentials;
  readonly stallMs: number;
  readonly retry: RetryOptions;
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

/** A reply whose body is read later. */
export type StreamReply = Pick<HttpReply, 'headers' | 'discard'> & { readonly body: AsyncIterable<Uint8Array> };

const LIST = 'storage.objects.list';

/** A reply that is no success, on its way to become an error of ours. */
class Refused extends Error {
  readonly reply: Omit<ApiReply, 'attempts'>;

  constructor(reply: Omit<ApiReply, 'attempts'>) {
    super(`status ${reply.status}`);
    this.reply = reply;
  }
}

export class ApiClient {
  readonly bucket: string;
  readonly #options: ApiClientOptions;

  constructor(options: ApiClientOptions) {
    this.bucket = options.bucket;
    this.#options = options;
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
    return this.#repeat(call, async (reply, attempts) => ({ ...(await wholeReply(reply)), attempts }));
  }

  /** Makes a call whose reply is a stream, from a success on. What is not found is undefined. */
  stream(call: ApiCall): Promise<StreamReply | undefined> {
    return this.#repeat({ ...call, accept: [404] }, async (reply) => {
      const { headers } = reply;
      if (reply.status !== 404) return { headers, body: reply.takeBody(), discard: () => reply.discard() };
      await this.checkBucket(await wholeReply(reply), call);
      return undefined;
    });
  }

  /** Makes a call once. Throws what broke the connection as it is. */
  attempt(call: ApiCall): Promise<Omit<ApiReply, 'attempts'>> {
    return this.#options.http.request(this.#requestOf(call), wholeReply);
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
  async pause(attempts: number, call: ApiCall, reason: string, headers?: HttpReply['headers']): Promise<void> {
    const { signal } = call;
    const onPause = (pauseMs: number): void => this.#logPause(call, { attempts, reason, pauseMs });
    await this.#options.http.pause(this.#options.retry, attempts, { headers, onPause, signal });
  }

  /** Whether a reply of that status is worth another attempt. */
  isWorthRepeating(status: number, call: ApiCall): boolean {
    return isPassing(status) || (status === 429 && call.isPatient === true);
  }

  async #repeat<T>(call: ApiCall, use: (reply: HttpReply, attempts: number) => Promise<T>): Promise<T> {
    const { attempts, ...pauses } = this.#options.retry;
    const repeat: HttpRequest['repeat'] = {
      ...pauses,
      tries: attempts,
      isWorthIt: (error) =>
        error instanceof Refused ? this.isWorthRepeating(error.reply.status, call) : !(error instanceof ContrailError),
      onPause: ({ tries, pauseMs, error }) =>
        this.#logPause(call, { attempts: tries, reason: errorText(error), pauseMs }),
    };
    try {
      return await this.#options.http.request({ ...this.#requestOf(call), repeat }, async (reply, tries) => {
        if (isSuccess(reply.status) || call.accept?.includes(reply.status) === true) return use(reply, tries);
        throw new Refused(await wholeReply(reply));
      });
    } catch (error) {
      call.signal.throwIfAborted();
      if (error instanceof ContrailError) throw error;
      throw error instanceof Refused ? this.refusal(error.reply, call) : unanswered(error, call);
    }
  }

  #requestOf({ method, path, query, headers, json, body, signal }: ApiCall): HttpRequest {
    const { endpoint, credentials, stallMs } = this.#options;
    const url = new URL(path, endpoint);
    for (const [key, value] of Object.entries(query ?? {})) url.searchParams.set(key, value);
    const isJson = json !== undefined;
    return {
      service: 'storage',
      method,
      url,
      headers: {
        'user-agent': `contrail/${CONTRAIL_VERSION}`,
        ...(isJson ? { 'content-type': 'application/json; charset=utf-8' } : {}),
        ...headers,
      },
      body: isJson ? JSON.stringify(json) : (body ?? []),
      // A session's URL is its own signature, and may lie anywhere: the token is not for it.
      ...(path.startsWith('/') ? { credentials } : {}),
      stallMs,
      signal,
    };
  }

  #logPause({ doing }: ApiCall, details: { attempts: number; reason: string; pauseMs: number }): void {
    this.#options.log.debug({ doing, ...details }, 'Cloud Storage is asked again');
  }
}

async function wholeReply(reply: HttpReply): Promise<Omit<ApiReply, 'attempts'>> {
  return { status: reply.status, headers: reply.headers, text: await reply.text() };
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
