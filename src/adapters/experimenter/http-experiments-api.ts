/**
 * The experiments API over HTTP: one list of all experiments that are not drafts, without paging (v8). A list that has not
 * changed since it was last read is not sent again.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ContrailError, errorText } from '../../domain/errors.ts';
import { CONTRAIL_VERSION } from '../../domain/version.ts';
import type { ExperimentRecords } from '../../ports/experiment-records.ts';
import type { ExperimentList, ExperimentsApi } from '../../ports/experiments-api.ts';
import { numberRecords, parseExperiments } from './experiment-record.ts';

export interface HttpExperimentsApiOptions {
  /** `https://experimenter.services.mozilla.com`; the path of the API is added. */
  readonly url: string;
  /** How long one request may take, in milliseconds. */
  readonly timeoutMs: number;
  /** How long after a lost answer it is asked for again, in milliseconds; one second unless told. */
  readonly retryAfterMs?: number;
}

const PATH = '/api/v8/experiments/';
const DEFAULT_RETRY_AFTER_MS = 1_000;

/** A reply, and what the server calls it. */
interface KnownReply {
  readonly validators: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export class HttpExperimentsApi implements ExperimentsApi, ExperimentRecords {
  readonly url: string;
  readonly #timeoutMs: number;
  readonly #retryAfterMs: number;
  readonly #authorization: Readonly<Record<string, string>>;
  #known: KnownReply | undefined;

  constructor({ url, timeoutMs, retryAfterMs = DEFAULT_RETRY_AFTER_MS }: HttpExperimentsApiOptions) {
    const address = new URL(PATH, url);
    this.#authorization = authorizationOf(address);
    address.username = '';
    address.password = '';
    this.url = address.href;
    this.#timeoutMs = timeoutMs;
    this.#retryAfterMs = retryAfterMs;
  }

  async list(signal: AbortSignal): Promise<ExperimentList> {
    return this.#withRetry(signal, async () => {
      const body = await this.#request(signal);
      if (!Array.isArray(body)) throw this.#unreadable(new Error('it answers with something that is not a list'));
      return parseExperiments(numberRecords(body));
    });
  }

  async fetch(signal: AbortSignal): Promise<unknown> {
    return this.#withRetry(signal, () => this.#request(signal));
  }

  async #withRetry<Result>(signal: AbortSignal, ask: () => Promise<Result>): Promise<Result> {
    try {
      return await ask();
    } catch {
      // One retry: an answer that is lost once is common, and the next scan is a minute away.
      signal.throwIfAborted();
      await delay(this.#retryAfterMs, undefined, { signal });
      return ask();
    }
  }

  async #request(signal: AbortSignal): Promise<unknown> {
    const known = this.#known;
    try {
      const response = await fetch(this.url, {
        headers: {
          accept: 'application/json',
          'user-agent': `contrail/${CONTRAIL_VERSION}`,
          ...this.#authorization,
          ...known?.validators,
        },
        signal: AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]),
      });
      if (response.status === 304 && known !== undefined) return known.body;
      if (!response.ok) throw new Error(`it answers with status ${response.status}`);
      const body = parseJson(await response.text());
      this.#known = { validators: validatorsOf(response.headers), body };
      return body;
    } catch (error) {
      signal.throwIfAborted();
      throw this.#unreadable(error);
    }
  }

  #unreadable(cause: unknown): ContrailError {
    // `fetch` fails with nothing but "fetch failed"; what happened is behind it.
    const isBare = cause instanceof TypeError && cause.cause instanceof Error;
    const reason = errorText(isBare ? cause.cause : cause);
    return new ContrailError('EXPERIMENTS_UNREADABLE', `The experiments API ${this.url} cannot be read: ${reason}.`, {
      subject: this.url,
      hint: 'CONTRAIL_EXPERIMENTER names the API, or a file: with its list.',
      cause,
    });
  }
}

/** `fetch` refuses an address with a user in it, and no message may show it: it goes into a header. */
function authorizationOf({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** The headers that ask for an answer only if it is another one than this. */
function validatorsOf(headers: Headers): Readonly<Record<string, string>> {
  const etag = headers.get('etag');
  const changed = headers.get('last-modified');
  return {
    ...(etag === null ? {} : { 'if-none-match': etag }),
    ...(changed === null ? {} : { 'if-modified-since': changed }),
  };
}

/** The parser's own message would show a piece of whatever page came. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error('it answers with something that is not JSON', { cause: error });
  }
}
