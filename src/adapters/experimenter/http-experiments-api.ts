/** The experiments API over HTTP: one list of all experiments that are not drafts, without paging (v8). */
import { setTimeout as delay } from 'node:timers/promises';
import { ContrailError, errorText } from '../../domain/errors.ts';
import { CONTRAIL_VERSION } from '../../domain/version.ts';
import type { ExperimentList, ExperimentsApi } from '../../ports/experiments-api.ts';
import { numberRecords, parseExperiments } from './experiment-record.ts';

export interface HttpExperimentsApiOptions {
  /** `https://experimenter.services.mozilla.com`; the path of the API is added. */
  readonly url: string;
  /** How long one request may take, in milliseconds. */
  readonly timeoutMs: number;
}

const PATH = '/api/v8/experiments/';
const RETRY_AFTER_MS = 1_000;

export class HttpExperimentsApi implements ExperimentsApi {
  readonly url: string;
  readonly #timeoutMs: number;

  constructor({ url, timeoutMs }: HttpExperimentsApiOptions) {
    this.url = new URL(PATH, url).href;
    this.#timeoutMs = timeoutMs;
  }

  async list(signal: AbortSignal): Promise<ExperimentList> {
    try {
      return await this.#request(signal);
    } catch {
      // One retry: an answer that is lost once is common, and the next scan is a minute away.
      signal.throwIfAborted();
      await delay(RETRY_AFTER_MS, undefined, { signal });
      return this.#request(signal);
    }
  }

  async #request(signal: AbortSignal): Promise<ExperimentList> {
    try {
      const response = await fetch(this.url, {
        headers: { accept: 'application/json', 'user-agent': `contrail/${CONTRAIL_VERSION}` },
        signal: AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]),
      });
      if (!response.ok) throw new Error(`it answers with status ${response.status}`);
      const body: unknown = await response.json();
      if (!Array.isArray(body)) throw new Error('it answers with something that is not a list');
      return parseExperiments(numberRecords(body));
    } catch (error) {
      signal.throwIfAborted();
      throw this.#unreadable(error);
    }
  }

  #unreadable(cause: unknown): ContrailError {
    const reason = cause instanceof Error && cause.cause instanceof Error ? errorText(cause.cause) : errorText(cause);
    return new ContrailError('EXPERIMENTS_UNREADABLE', `The experiments API ${this.url} cannot be read: ${reason}.`, {
      subject: this.url,
      hint: 'CONTRAIL_EXPERIMENTER names the API, or a file: with its list.',
      cause,
    });
  }
}
