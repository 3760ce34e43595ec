/** Replies to failed requests. They never show the reason of a failure of ours; the log does. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../ports/log.ts';
import { isTokenProblem } from './access/form-token.ts';
import { ApiProblem, type Problem, sendProblem } from './api/problems.ts';
import { sendPage } from './frame/send-page.ts';
import { addressOf, ParameterProblem } from './parameters.ts';
import { html, type SafeHtml } from './views/html.ts';

export interface RequestFailure {
  readonly status: number;
  /** A sentence for the reader. */
  readonly text: string;
}

/** Status and sentence for an error of a route or hook. Our own failures are logged. */
export function requestFailure(error: unknown, request: FastifyRequest, log: Log): RequestFailure {
  const status = statusOf(error);
  if (isTokenProblem(error)) {
    return { status, text: 'This form is too old, or not from this server. Reload the page and send it again.' };
  }
  if (status < 500) return { status, text: 'This request cannot be answered.' };
  log.error({ requestId: request.id, url: request.url, problem: String(error) }, 'a page failed');
  return { status, text: `This page failed; the log has it as request ${request.id}.` };
}

/** As a page; as a problem of the API where the API was asked. */
export async function sendFailure(
  error: unknown,
  { request, reply, log }: { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly log: Log },
): Promise<void> {
  // A reply that has begun is not to be kept by anybody.
  reply.removeHeader('etag').header('cache-control', 'private, no-cache');
  if (isOfApi(request)) return void (await sendProblem(reply, problemOf(error, request, log)));
  if (error instanceof ParameterProblem) return void (await sendParameterPage(error, request, reply));
  const { status, text } = requestFailure(error, request, log);
  const retry = status >= 500 && request.method === 'GET' ? html` <a href="${request.url}">Try again</a>` : undefined;
  reply.code(status);
  await sendPage(reply, { headline: 'Something went wrong', body: html`<p>${text}${retry}</p>` });
}

export async function sendNotFound(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (isOfApi(request)) return sendProblem(reply, { status: 404, code: 'not_found', title: 'There is nothing here.' });
  reply.code(404);
  return sendPage(reply, { headline: 'Page not found', body: html`<p><a href="/">Contrail</a></p>` });
}

function isOfApi({ url }: FastifyRequest): boolean {
  return url.startsWith('/api/');
}

function problemOf(error: unknown, request: FastifyRequest, log: Log): Problem {
  if (error instanceof ApiProblem) return error.problem;
  if (error instanceof ParameterProblem) {
    const { parameter, message, allowed } = error;
    return { status: 400, code: 'parameter_invalid', title: message, field: parameter, detail: allowed };
  }
  const { status, text } = requestFailure(error, request, log);
  const code = isTokenProblem(error) ? 'token_missing' : status < 500 ? 'request_invalid' : 'failed';
  return { status, code, title: text };
}

function sendParameterPage(
  { parameter, message, allowed }: ParameterProblem,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  reply.code(400);
  return sendPage(reply, {
    headline: message,
    title: 'Wrong parameter',
    body: html`<p>${allowed} ${withoutParameter(request, parameter)}</p>`,
  });
}

/** A link to the page without the parameter. */
function withoutParameter({ url }: FastifyRequest, parameter: string): SafeHtml {
  const [path = '/', query = ''] = url.split('?', 2);
  const others = [...new URLSearchParams(query)].filter(([name]) => name !== parameter);
  return html`<a href="${addressOf(path, Object.fromEntries(others))}">The page without it</a>`;
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status <= 599 ? status : 500;
}
