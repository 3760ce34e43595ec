/** Calls to Cloud Storage's JSON API: signed, retried if that can help, errors translated. */
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

/** How often a repeatable call is made, and the pauses between. */
export interface RetryOptions {
  readonly attempts: number;
  /** Doubles with each attempt, plus up to the same again at random. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

/** One call. All calls are repeatable, because those that change something have a precondition. */
export interface ApiCall {
  /** As in “publishing gs://bucket/name”. */
  readonly doing: string;
  readonly permission: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the endpoint, with encoded names; or a whole URL that needs no signature (an upload session). */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly body?: readonly Uint8Array[];
  /** Statuses besides success that the caller handles. */
  readonly accept?: readonly number[];
  /** Wait and retry when throttled, because giving up would waste more than one request. */
  readonly isPatient?: boolean;
  readonly signal: AbortSignal;
}

export interface ApiReply {
  readonly status: number;
  readonly headers: HttpReply['headers'];
  readonly text: string;
  /** 1 if no earlier attempt can have succeeded without our knowledge. */
  readonly attempts: number;
}

/** A reply whose body is read later. */
export type StreamReply = Pick<HttpReply, 'headers' | 'discard'> & { readonly body: AsyncIterable<Uint8Array> };

const LIST = 'storage.objects.list';

/** An error reply, to be translated. */
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

  /** Path of the bucket's objects, or of one object. */
  objectPath(name?: string): string {
    const objects = `/storage/v1/b/${encodeURIComponent(this.bucket)}/o`;
    return name === undefined ? objects : `${objects}/${encodeURIComponent(name)}`;
  }

  /** Upload URL for new objects. */
  get uploadPath(): string {
    return `/upload${this.objectPath()}`;
  }

  /** Makes a call and reads the whole reply. */
  call(call: ApiCall): Promise<ApiReply> {
    return this.#repeat(call, async (reply, attempts) => ({ ...(await wholeReply(reply)), attempts }));
  }

  /** Makes a call and returns a successful reply as a stream; undefined if not found. */
  stream(call: ApiCall): Promise<StreamReply | undefined> {
    return this.#repeat({ ...call, accept: [404] }, async (reply) => {
      const { headers } = reply;
      if (reply.status !== 404) return { headers, body: reply.takeBody(), discard: () => reply.discard() };
      await this.checkBucket(await wholeReply(reply), call);
      return undefined;
    });
  }

  /** Makes a call once. Connection errors stay unchanged. */
  attempt(call: ApiCall): Promise<Omit<ApiReply, 'attempts'>> {
    return this.#options.http.request(this.#requestOf(call), wholeReply);
  }

  /** After a 404: throws BUCKET_MISSING if the bucket is missing, not the object. */
  async checkBucket(refusal: { status: number; text: string }, { doing, permission, signal }: ApiCall): Promise<void> {
    const act = { doing, permission, bucket: this.bucket };
    const missing = whatIsMissing(refusal);
    if (missing === 'object') return;
    if (missing === 'bucket') throw missingBucket(act);
    // Check with a listing, whose permission Contrail needs anyway; reading the bucket itself would need another one.
    const query = { maxResults: '1', fields: 'kind' };
    await this.call({ doing, permission: LIST, method: 'GET', path: this.objectPath(), query, signal });
  }

  /** The error for an unsuccessful reply. */
  refusal(reply: { status: number; text: string }, { doing, permission }: ApiCall): ContrailError {
    return refusalError(reply, { doing, permission, bucket: this.bucket });
  }

  /** Waits before another attempt, longer each time and as long as the service asks. */
  async pause(attempts: number, call: ApiCall, reason: string, headers?: HttpReply['headers']): Promise<void> {
    const { signal } = call;
    const onPause = (pauseMs: number): void => this.#logPause(call, { attempts, reason, pauseMs });
    await this.#options.http.pause(this.#options.retry, attempts, { headers, onPause, signal });
  }

  /** Whether a reply with that status is worth another attempt. */
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
      // A session's URL is its own signature and may be on any host, so it gets no token.
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

/** Parses a JSON reply. Throws SERVICE_UNAVAILABLE if it has another shape. */
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
