/**
 * Tokens against forms of other sites (spec: pages, section 14): browsers send passwords by themselves, so a form must also bring
 * what only a page of ours could tell it. The secret lives as long as the process; a form that was opened before a restart is
 * refused, and works after a reload.
 */
import { randomBytes } from 'node:crypto';
import fastifyCookie from '@fastify/cookie';
import fastifyCsrf from '@fastify/csrf-protection';
import fastifyFormbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { html, type SafeHtml } from '../views/html.ts';

const FIELD = '_csrf';
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Checks every request of this scope that may change something. Forms are read here too. */
export async function addFormTokens(scope: FastifyInstance, hasTls: boolean): Promise<void> {
  await scope.register(fastifyFormbody);
  await scope.register(fastifyCookie, { secret: randomBytes(32).toString('hex') });
  await scope.register(fastifyCsrf, {
    cookieKey: hasTls ? '__Host-contrail-form' : 'contrail-form',
    cookieOpts: { path: '/', sameSite: 'strict', httpOnly: true, signed: true, secure: hasTls },
  });
  // Not earlier: the body with the token has been read only now.
  scope.addHook('preHandler', (request, reply, done) => {
    if (SAFE_METHODS.has(request.method) || isProgram(request)) done();
    else scope.csrfProtection(request, reply, done);
  });
}

/** The hidden field of a form that changes something. */
export function formToken(reply: FastifyReply): SafeHtml {
  return html`<input type="hidden" name="${FIELD}" value="${reply.generateCsrf()}" />`;
}

/** Whether the error says that a form has no token, or a wrong one. */
export function isTokenProblem(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('FST_CSRF_');
}

/**
 * Programs use the API with JSON. A bearer token is never sent by a browser on its own; other credentials are, but then the
 * browser says where the request comes from.
 */
function isProgram({ headers, url }: FastifyRequest): boolean {
  if (!url.startsWith('/api/') || !/^application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? '')) return false;
  if (/^bearer /i.test(headers.authorization ?? '')) return true;
  return headers.origin === undefined && headers['sec-fetch-site'] === undefined && headers.cookie === undefined;
}
