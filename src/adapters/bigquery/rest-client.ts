/**
 * Requests to BigQuery's REST API. Not the vendor's client, which cannot be aborted and retries for minutes. Here a
 * repeatable request is retried a few times within seconds; longer waits are up to the job queue.
 *
 * @see https://cloud.google.com/bigquery/docs/reference/rest
 */
import { CONTRAIL_VERSION } from '../../domain/version.ts';
import type { Http, HttpCredentials, HttpReply, RepeatPolicy } from '../../ports/http.ts';
import { googleCredentials } from '../http/google-credentials.ts';
import type { UsageMeter } from './usage-meter.ts';
import { isPassing, ServiceRefusal } from './vendor-errors.ts';

const REAL_ENDPOINT = 'https://bigquery.googleapis.com';
const REQUEST_TIMEOUT_MS = 120_000;
const SCOPES = ['https://www.googleapis.com/auth/bigquery'];
const REPEAT: RepeatPolicy = { tries: 3, firstPauseMs: 150, factor: 4, longestPauseMs: 5_000, isWorthIt: isPassing };

export interface RestClientOptions {
  readonly project: string;
  readonly http: Http;
  readonly apiEndpoint?: string;
}

export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** The path after the project: `/queries`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  /** A raw body for the upload address, instead of `body`. */
  readonly upload?: { readonly contentType: string; readonly pieces: readonly Uint8Array[] };
  /** The ETag that the resource must still have; another one is refused with status 412. */
  readonly ifMatch?: string;
  /** Whether the request has the same effect when it arrives twice. */
  readonly isRepeatable: boolean;
  readonly meter: UsageMeter;
  readonly signal: AbortSignal;
}

export class RestClient {
  readonly project: string;
  readonly #endpoint: string;
  readonly #http: Http;
  readonly #credentials: HttpCredentials | undefined;

  constructor({ project, http, apiEndpoint }: RestClientOptions) {
    this.project = project;
    this.#http = http;
    this.#endpoint = endpointOf(apiEndpoint);
    // An emulator uses plain http and gets no credentials.
    const isReal = this.#endpoint.startsWith('https:');
    if (isReal) this.#credentials = googleCredentials({ scopes: SCOPES, endpoint: this.#endpoint, projectId: project });
  }

  /** The parsed JSON reply. Throws ServiceRefusal for the service's errors, and any error of the connection. */
  async request(request: RestRequest): Promise<unknown> {
    const { method, meter, upload, body, ifMatch, isRepeatable, signal } = request;
    return this.#http.request(
      {
        service: 'bigquery',
        method,
        url: this.#address(request),
        headers: {
          accept: 'application/json',
          // The service compresses only if the user agent mentions gzip too.
          'user-agent': `contrail/${CONTRAIL_VERSION} (gzip)`,
          ...contentType(request),
          ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        },
        ...(upload === undefined && body === undefined ? {} : { body: upload?.pieces ?? JSON.stringify(body) }),
        ...(this.#credentials === undefined ? {} : { credentials: this.#credentials }),
        ...(isRepeatable ? { repeat: REPEAT } : {}),
        isUnpacked: true,
        timeoutMs: REQUEST_TIMEOUT_MS,
        stallMs: REQUEST_TIMEOUT_MS,
        onSend: () => (meter.requests += 1),
        signal,
      },
      (reply) => readReply(reply, { meter, isReal: this.#credentials !== undefined }),
    );
  }

  /**
   * The project whose quota the requests use, if the credentials name one; undefined with an emulator. Throws what fetching a
   * token throws.
   */
  async quotaProject(): Promise<{ readonly named: string | undefined } | undefined> {
    if (this.#credentials === undefined) return undefined;
    const headers = await this.#credentials.headers();
    return { named: headers['x-goog-user-project'] };
  }

  #address({ path, query = {}, upload }: RestRequest): URL {
    const prefix = upload === undefined ? '' : '/upload';
    const url = new URL(`${this.#endpoint}${prefix}/bigquery/v2/projects/${encodeURIComponent(this.project)}${path}`);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return url;
  }
}

function contentType({ upload, body }: RestRequest): Record<string, string> {
  if (upload !== undefined) return { 'content-type': upload.contentType };
  return body === undefined ? {} : { 'content-type': 'application/json' };
}

async function readReply(
  reply: HttpReply,
  { meter, isReal }: { readonly meter: UsageMeter; readonly isReal: boolean },
): Promise<unknown> {
  const bytes = await reply.bytes();
  meter.bytesRead += bytes.length;
  const json = parseReply(reply.status, bytes.toString('utf8'));
  if (reply.status >= 200 && reply.status < 300) return json;
  throw refusalOf(reply.status, json, isReal);
}

/** With a scheme and without a trailing slash. */
export function endpointOf(address: string | undefined): string {
  if (address === undefined) return REAL_ENDPOINT;
  return (address.includes('://') ? address : `http://${address}`).replace(/\/+$/, '');
}

function parseReply(status: number, text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ServiceRefusal({
      // Proxies reply in HTML, and a truncated reply is no better.
      status: status < 400 ? 502 : status,
      reason: '',
      message: `the service answered with status ${status} and something that is not JSON`,
      cause,
    });
  }
}

/** The emulator gives this reason for every query error; the service's own message speaks of an internal error. */
const EMULATED = 'jobInternalError';

function refusalOf(status: number, reply: unknown, isReal: boolean): ServiceRefusal {
  const error = recordOf(recordOf(reply)['error']);
  const first = recordOf(Array.isArray(error['errors']) ? error['errors'][0] : undefined);
  const message = textOf(error['message']) || textOf(first['message']) || `status ${status}`;
  const given = textOf(first['reason']) || textOf(error['status']);
  const isMistaken = !isReal && given === EMULATED && !/internal error/i.test(message);
  return new ServiceRefusal({ status, reason: isMistaken ? 'invalidQuery' : given, message });
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
