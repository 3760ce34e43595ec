/**
 * The experiments API over HTTP: one list of all experiments that are not drafts, without paging (v8). A list that has not
 * changed since it was last read is not sent again.
 */
import { type ByteLimit, readWithin, TooLargeError } from '../../domain/byte-limit.ts';
import { ContrailError, errorText } from '../../domain/errors.ts';
import type { WebAddress } from '../../domain/secret.ts';
import { CONTRAIL_VERSION } from '../../domain/version.ts';
import { deadline, wait } from '../../domain/wait.ts';
import type { ExperimentRecords } from '../../ports/experiment-records.ts';
import type { ExperimentList, ExperimentsApi } from '../../ports/experiments-api.ts';
import { fetchSameOrigin } from '../http/same-origin-fetch.ts';
import { numberRecords, parseExperiments } from './experiment-record.ts';
import { checkRecordCount, DEFAULT_LIMITS, type ExperimentLimits } from './limits.ts';

export interface HttpExperimentsApiOptions {
  /** `https://experimenter.services.mozilla.com`; the path of the API is added. */
  readonly address: WebAddress;
  /** How long one request may take, in milliseconds. */
  readonly timeoutMs: number;
  /** How long after a lost answer it is asked for again, in milliseconds; one second unless told. */
  readonly retryAfterMs?: number;
  readonly limits?: ExperimentLimits;
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
  readonly #address: WebAddress;
  readonly #limits: ExperimentLimits;
  #known: KnownReply | undefined;

  constructor(options: HttpExperimentsApiOptions) {
    const { address, timeoutMs, retryAfterMs = DEFAULT_RETRY_AFTER_MS, limits = DEFAULT_LIMITS } = options;
    this.#address = address;
    this.url = new URL(PATH, address.text).href;
    this.#timeoutMs = timeoutMs;
    this.#retryAfterMs = retryAfterMs;
    this.#limits = limits;
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
    } catch (error) {
      if (error instanceof ContrailError && error.cause instanceof TooLargeError) throw error;
      // One retry: an answer that is lost once is common, and the next scan is a minute away.
      signal.throwIfAborted();
      await wait(this.#retryAfterMs, signal);
      return ask();
    }
  }

  async #request(signal: AbortSignal): Promise<unknown> {
    const known = this.#known;
    try {
      const { url, headers } = this.#address.request(PATH);
      const response = await fetchSameOrigin(url, {
        headers: {
          accept: 'application/json',
          'user-agent': `contrail/${CONTRAIL_VERSION}`,
          ...headers,
          ...known?.validators,
        },
        signal: AbortSignal.any([signal, deadline(this.#timeoutMs)]),
      });
      if (response.status === 304 && known !== undefined) return known.body;
      if (!response.ok) throw new Error(`it answers with status ${response.status}`);
      const body = parseJson(await textOf(response, this.#limits.bytes));
      checkRecordCount(body, this.#limits);
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
    const reason = this.#address.shown(errorText(isBare ? cause.cause : cause));
    return new ContrailError('EXPERIMENTS_UNREADABLE', `The experiments API ${this.url} cannot be read: ${reason}.`, {
      subject: this.url,
      hint: 'CONTRAIL_EXPERIMENTER names the API, or a file: with its list.',
      cause,
    });
  }
}

/** The text as it is after decompression, within the limit. */
async function textOf({ body }: Response, limit: ByteLimit): Promise<string> {
  return body === null ? '' : (await readWithin(limit, body)).toString('utf8');
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
