/** HTTP for the git library: with credentials that it never sees, an end to waiting, and a limit to what comes. */
import type { GitHttpRequest, GitHttpResponse, HttpClient } from 'isomorphic-git';
import { type ByteLimit, within } from '../../domain/byte-limit.ts';
import type { WebAddress } from '../../domain/secret.ts';
import { CONTRAIL_VERSION } from '../../domain/version.ts';
import { fetchSameOrigin } from '../http/same-origin-fetch.ts';

export interface GitHttpOptions {
  readonly address: WebAddress;
  /** Of one answer, decompressed. */
  readonly limit: ByteLimit;
  /** Ends requests, their bodies included. */
  readonly signal: AbortSignal;
}

export function gitHttp(options: GitHttpOptions): HttpClient {
  return { request: (request) => send(request, options) };
}

async function send(
  { url, method = 'GET', headers = {}, body }: GitHttpRequest,
  { address, limit, signal }: GitHttpOptions,
): Promise<GitHttpResponse> {
  const content = body === undefined ? undefined : await collect(body);
  const asked = new URL(url);
  const { url: secretUrl, headers: authorization } = address.request(asked.pathname);
  for (const [name, value] of asked.searchParams) secretUrl.searchParams.set(name, value);
  const response = await fetchSameOrigin(secretUrl, {
    method,
    headers: { ...headers, ...authorization, 'user-agent': `git/contrail-${CONTRAIL_VERSION}` },
    signal,
    ...(content === undefined ? {} : { body: content }),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`it answers with status ${response.status}`);
  }
  return {
    url,
    method,
    statusCode: response.status,
    statusMessage: '',
    headers: Object.fromEntries(response.headers),
    body: within(limit, chunksOf(response), 'the answer'),
  };
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* chunksOf({ body }: Response): AsyncIterableIterator<Uint8Array> {
  if (body !== null) yield* body;
}
