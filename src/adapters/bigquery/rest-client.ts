/**
 * Requests to BigQuery's REST API. Not through the vendor's client: that one repeats requests for minutes on its own
 * account, and cannot be stopped. Here an abort reaches the socket, and a request that may be repeated is tried a few
 * times within seconds; anything longer is the job queue's to decide.
 *
 * @see https://cloud.google.com/bigquery/docs/reference/rest
 */
import { CONTRAIL_VERSION } from '../../domain/version.ts';
import { deadline, wait } from '../../domain/wait.ts';
import type { UsageMeter } from './usage-meter.ts';
import { isPassing, ServiceRefusal } from './vendor-errors.ts';

const REAL_ENDPOINT = 'https://bigquery.googleapis.com';
const REQUEST_TIMEOUT_MS = 120_000;
const MOST_TRIES = 3;
const FIRST_RETRY_MS = 200;

export interface RestClientOptions {
  readonly project: string;
  readonly apiEndpoint?: string;
}

export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Behind the project: `/queries`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  /** A body that is sent as it is, to the upload address, in place of `body`. */
  readonly upload?: { readonly contentType: string; readonly bytes: Uint8Array };
  /** Whether the request does the same when it arrives twice. */
  readonly isRepeatable: boolean;
  readonly meter: UsageMeter;
  readonly signal: AbortSignal;
}

export class RestClient {
  readonly project: string;
  readonly #endpoint: string;
  #headers: (() => Promise<Headers>) | undefined;

  constructor({ project, apiEndpoint }: RestClientOptions) {
    this.project = project;
    this.#endpoint = endpointOf(apiEndpoint);
  }

  /** The parsed JSON of the answer. Throws ServiceRefusal where the service refuses, and whatever the way to it throws. */
  async request(request: RestRequest): Promise<unknown> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#requestOnce(request);
      } catch (error) {
        request.signal.throwIfAborted();
        if (!request.isRepeatable || tries === MOST_TRIES || !isPassing(error)) throw error;
      }
      await wait(FIRST_RETRY_MS * 4 ** (tries - 1) * (0.5 + Math.random()), request.signal);
    }
  }

  async #requestOnce(request: RestRequest): Promise<unknown> {
    const { method, meter, upload, body, signal } = request;
    signal.throwIfAborted();
    const headers = await this.#requestHeaders();
    signal.throwIfAborted();
    headers.set('accept', 'application/json');
    // The service compresses only for agents that say so twice.
    headers.set('user-agent', `contrail/${CONTRAIL_VERSION} (gzip)`);
    if (upload !== undefined) headers.set('content-type', upload.contentType);
    else if (body !== undefined) headers.set('content-type', 'application/json');
    meter.requests += 1;
    const response = await fetch(this.#address(request), {
      method,
      headers,
      body: upload?.bytes ?? (body === undefined ? null : JSON.stringify(body)),
      signal: AbortSignal.any([signal, deadline(REQUEST_TIMEOUT_MS)]),
    });
    const bytes = await response.arrayBuffer();
    meter.bytesRead += bytes.byteLength;
    const reply = parseReply(response.status, Buffer.from(bytes).toString('utf8'));
    if (response.ok) return reply;
    throw refusalOf(response.status, reply);
  }

  #address({ path, query = {}, upload }: RestRequest): string {
    const prefix = upload === undefined ? '' : '/upload';
    const url = new URL(`${this.#endpoint}${prefix}/bigquery/v2/projects/${encodeURIComponent(this.project)}${path}`);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return url.href;
  }

  async #requestHeaders(): Promise<Headers> {
    if (this.#endpoint.startsWith('http:')) return new Headers();
    this.#headers ??= await googleHeaders(this.project, this.#endpoint);
    return new Headers(await this.#headers());
  }
}

/** The vendor's client is loaded for its credentials only, when they are needed: it takes its time. */
async function googleHeaders(projectId: string, endpoint: string): Promise<() => Promise<Headers>> {
  const { BigQuery } = await import('@google-cloud/bigquery');
  const { authClient } = new BigQuery({ projectId });
  return () => authClient.getRequestHeaders(endpoint);
}

function endpointOf(address: string | undefined): string {
  if (address === undefined) return REAL_ENDPOINT;
  return (address.includes('://') ? address : `http://${address}`).replace(/\/+$/, '');
}

function parseReply(status: number, text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ServiceRefusal({
      // A proxy on the way answers in HTML; an answer of the service that is cut off is as good as none.
      status: status < 400 ? 502 : status,
      reason: '',
      message: `the service answered with status ${status} and something that is not JSON`,
      cause,
    });
  }
}

function refusalOf(status: number, reply: unknown): ServiceRefusal {
  const error = recordOf(recordOf(reply)['error']);
  const first = recordOf(Array.isArray(error['errors']) ? error['errors'][0] : undefined);
  const message = textOf(error['message']) || textOf(first['message']) || `status ${status}`;
  return new ServiceRefusal({ status, reason: textOf(first['reason']) || textOf(error['status']), message });
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
