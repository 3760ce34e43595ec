/**
 * The experiments API over HTTP: one unpaged list of all experiments except drafts (v8). An unchanged list is not sent
 * again.
 */
import { TooLargeError } from '../../domain/byte-limit.ts';
import { ContrailError, errorText } from '../../domain/errors.ts';
import type { ExperimentList } from '../../domain/experiment.ts';
import { numberRecords, parseExperiments } from '../../experiment-record/planning-view.ts';
import type { WebAddress } from '../../domain/secret.ts';
import { CONTRAIL_VERSION } from '../../domain/version.ts';
import type { ExperimentsApi } from '../../ports/experiments-api.ts';
import type { Http, HttpReply } from '../../ports/http.ts';
import { checkRecordCount, DEFAULT_LIMITS, type ExperimentLimits } from './limits.ts';

export interface HttpExperimentsApiOptions {
  /** `https://experimenter.services.mozilla.com`; the API's path is appended. */
  readonly address: WebAddress;
  readonly http: Http;
  /** Time limit of one request, milliseconds. */
  readonly timeoutMs: number;
  /** Pause before the retry after a lost reply, milliseconds; default one second. */
  readonly retryAfterMs?: number;
  readonly limits?: ExperimentLimits;
}

const PATH = '/api/v8/experiments/';
const DEFAULT_RETRY_AFTER_MS = 1_000;

/** A reply with its ETag. */
interface KnownReply {
  readonly validators: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export class HttpExperimentsApi implements ExperimentsApi {
  readonly url: string;
  readonly #http: Http;
  readonly #timeoutMs: number;
  readonly #retryAfterMs: number;
  readonly #address: WebAddress;
  readonly #limits: ExperimentLimits;
  #known: KnownReply | undefined;

  constructor(options: HttpExperimentsApiOptions) {
    const { address, http, timeoutMs, retryAfterMs = DEFAULT_RETRY_AFTER_MS, limits = DEFAULT_LIMITS } = options;
    this.#address = address;
    this.url = new URL(PATH, address.text).href;
    this.#http = http;
    this.#timeoutMs = timeoutMs;
    this.#retryAfterMs = retryAfterMs;
    this.#limits = limits;
  }

  async list(signal: AbortSignal): Promise<ExperimentList> {
    return this.#ask(signal, (body) => {
      if (!Array.isArray(body)) throw new Error('its reply is not a list');
      return parseExperiments(numberRecords(body));
    });
  }

  async fetch(signal: AbortSignal): Promise<unknown> {
    return this.#ask(signal, (body) => body);
  }

  async #ask<Result>(signal: AbortSignal, use: (body: unknown) => Result): Promise<Result> {
    const { url, headers } = this.#address.request(PATH);
    const retryAfterMs = this.#retryAfterMs;
    try {
      return await this.#http.request(
        {
          service: 'experimenter',
          method: 'GET',
          url,
          headers: {
            accept: 'application/json',
            'user-agent': `contrail/${CONTRAIL_VERSION}`,
            ...headers,
            ...this.#known?.validators,
          },
          followsRedirects: true,
          isUnpacked: true,
          limit: this.#limits.bytes,
          timeoutMs: this.#timeoutMs,
          // One retry: losing a single reply is common, and the next scan is a minute away.
          repeat: {
            tries: 2,
            firstPauseMs: retryAfterMs,
            longestPauseMs: 2 * retryAfterMs,
            isWorthIt: (error) => !(error instanceof TooLargeError),
          },
          signal,
        },
        async (reply) => use(await this.#bodyOf(reply)),
      );
    } catch (error) {
      signal.throwIfAborted();
      throw this.#unreadable(error);
    }
  }

  async #bodyOf(reply: HttpReply): Promise<unknown> {
    const known = this.#known;
    if (reply.status === 304 && known !== undefined) return known.body;
    if (reply.status < 200 || reply.status > 299) throw new Error(`it replied with status ${reply.status}`);
    const body = parseJson(await reply.text());
    checkRecordCount(body, this.#limits);
    this.#known = { validators: validatorsOf(reply.headers), body };
    return body;
  }

  #unreadable(cause: unknown): ContrailError {
    const reason = this.#address.shown(errorText(cause));
    return new ContrailError('EXPERIMENTS_UNREADABLE', `The experiments API ${this.url} cannot be read: ${reason}.`, {
      subject: this.url,
      hint: 'CONTRAIL_EXPERIMENTER names the API, or a file: with its list.',
      cause,
    });
  }
}

/** Headers for a conditional request. */
function validatorsOf({ etag, 'last-modified': changed }: HttpReply['headers']): Readonly<Record<string, string>> {
  return {
    ...(etag === undefined ? {} : { 'if-none-match': etag }),
    ...(changed === undefined ? {} : { 'if-modified-since': changed }),
  };
}

/** The parser's own message would show a piece of the reply. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error('its reply is not JSON', { cause: error });
  }
}
