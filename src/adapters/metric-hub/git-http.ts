/** HTTP for the git library, with an end to waiting. */
import type { GitHttpRequest, GitHttpResponse, HttpClient } from 'isomorphic-git';
import { CONTRAIL_VERSION } from '../../domain/version.ts';

/** Requests that are given up when the signal is aborted. */
export function gitHttp(signal: AbortSignal): HttpClient {
  return { request: (request) => send(request, signal) };
}

async function send(
  { url, method = 'GET', headers = {}, body }: GitHttpRequest,
  signal: AbortSignal,
): Promise<GitHttpResponse> {
  const content = body === undefined ? undefined : await collect(body);
  const response = await fetch(url, {
    method,
    headers: { ...headers, 'user-agent': `git/contrail-${CONTRAIL_VERSION}` },
    signal,
    ...(content === undefined ? {} : { body: content }),
  });
  return {
    url: response.url,
    method,
    statusCode: response.status,
    statusMessage: response.statusText,
    headers: Object.fromEntries(response.headers),
    body: chunksOf(response),
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
