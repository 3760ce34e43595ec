/**
 * Keeps web pages of others out of ours (design, section 9): on loopback no password is asked for, so any page that the
 * operator's browser shows could otherwise reach these routes. Requests must name a loopback host, and those that
 * change something must come from our own pages.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether an address is one that only this machine reaches. */
export function isLoopbackAddress(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Refuses foreign hosts (421) and requests of foreign pages that would change something (403), before any route. */
export function guardRequests(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!isOwnHost(request)) await refuse(reply, 421, 'This host name is not served here.');
    else if (!SAFE_METHODS.has(request.method) && !isOwnPage(request)) {
      await refuse(reply, 403, 'Requests that change something must come from a page of this server.');
    }
  });
}

function isOwnHost(request: FastifyRequest): boolean {
  const hosts = headerValues(request.raw.rawHeaders, 'host');
  const host = hosts[0]?.replace(/:\d{1,5}$/, '').toLowerCase();
  return hosts.length === 1 && host !== undefined && LOOPBACK_HOSTS.has(host);
}

/** All values of a header as they came, names and values in turns: Node keeps only the first of several hosts. */
function headerValues(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}

/** Browsers say where a request comes from; what is no browser sends neither header and passes. */
function isOwnPage(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = request.headers.origin;
  return origin === undefined || origin === `http://${request.headers.host ?? ''}`;
}

async function refuse(reply: FastifyReply, status: number, text: string): Promise<void> {
  await reply.code(status).type('text/plain; charset=utf-8').send(`${text}\n`);
}
