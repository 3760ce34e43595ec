/** HTTP for the git library: adds credentials, deadlines and size limits. */
import type { GitHttpRequest, GitHttpResponse, HttpClient } from 'isomorphic-git';
import type { ByteLimit } from '../../domain/byte-limit.ts';
import type { WebAddress } from '../../domain/secret.ts';
import { CONTRAIL_VERSION } from '../../domain/version.ts';
import type { Http } from '../../ports/http.ts';

export interface GitHttpOptions {
  readonly address: WebAddress;
  readonly http: Http;
  /** For one reply, decompressed. */
  readonly limit: ByteLimit;
  /** Ends requests and their bodies. */
  readonly signal: AbortSignal;
}

export function gitHttp(options: GitHttpOptions): HttpClient {
  return { request: (request) => send(request, options) };
}

async function send(
  { url, method = 'GET', headers = {}, body }: GitHttpRequest,
  { address, http, limit, signal }: GitHttpOptions,
): Promise<GitHttpResponse> {
  const asked = new URL(url);
  const { url: secretUrl, headers: authorization } = address.request(asked.pathname);
  for (const [name, value] of asked.searchParams) secretUrl.searchParams.set(name, value);
  const request = {
    service: 'metric-hub',
    method,
    url: secretUrl,
    headers: { ...headers, ...authorization, 'user-agent': `git/contrail-${CONTRAIL_VERSION}` },
    ...(body === undefined ? {} : { body: await collect(body) }),
    followsRedirects: true,
    isUnpacked: true,
    limit: { ...limit, what: 'the answer' },
    signal,
  };
  return http.request(request, async (reply) => {
    if (reply.status < 200 || reply.status > 299) throw new Error(`it replied with status ${reply.status}`);
    return {
      url,
      method,
      statusCode: reply.status,
      statusMessage: '',
      headers: reply.headers,
      body: reply.takeBody(),
    };
  });
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return chunks;
}
