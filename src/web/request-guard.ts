/**
 * Protects our pages from other websites. Loopback needs no password, so any page in the operator's browser could reach
 * these routes. Requests must name a loopback host. From foreign pages only a followed link is answered; everything a page
 * loads by itself is refused.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const IPV4_LOOPBACK = /^127(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;

/** Whether only this machine can reach an address. */
export function isLoopbackAddress(host: string): boolean {
  return host === 'localhost' || host === '::1' || IPV4_LOOPBACK.test(host);
}

/** Refuses foreign hosts (421) and requests that foreign pages make by themselves (403), before any route. */
export function guardRequests(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!isOwnHost(request)) await refuse(reply, 421, 'This host name is not served here.');
    else if (!isOwnPage(request) && !isFollowedLink(request)) {
      const text = SAFE_METHODS.has(request.method)
        ? 'Other sites may link here, but not load anything from here.'
        : 'Requests that change something must come from a page of this server.';
      await refuse(reply, 403, text);
    }
  });
}

function isOwnHost(request: FastifyRequest): boolean {
  const hosts = headerValues(request.raw.rawHeaders, 'host');
  return hosts.length === 1 && isLoopbackAuthority(hosts[0] ?? '') && isLoopbackTarget(request.raw.url ?? '');
}

/** A target may be an absolute URL (`GET http://localhost/ HTTP/1.1`); then its host counts, not the header's. */
function isLoopbackTarget(target: string): boolean {
  if (target.startsWith('/') || target === '*') return true;
  const authority = /^http:\/\/([^/?#]*)/i.exec(target)?.[1];
  return authority !== undefined && isLoopbackAuthority(authority);
}

/** `localhost:8080`, `127.0.0.1`, `[::1]:8080` */
function isLoopbackAuthority(authority: string): boolean {
  const [, ipv6, name] = /^(?:\[([^[\]]*)\]|([^:[\]]*))(?::\d{1,5})?$/.exec(authority) ?? [];
  if (ipv6 !== undefined) return ipv6 === '::1';
  return name !== undefined && isLoopbackAddress(name.toLowerCase());
}

/** All values of a header, names and values alternating; Node's `headers` keep only the first host. */
function headerValues(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}

/** Browsers say where a request comes from. Other clients send neither header and pass. */
function isOwnPage(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = request.headers.origin;
  return origin === undefined || origin === `http://${request.headers.host ?? ''}`;
}

/** The reader followed a link on a foreign page; not an image, frame, script or fetch of it. */
function isFollowedLink({ method, headers }: FastifyRequest): boolean {
  const isNavigation = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return (method === 'GET' || method === 'HEAD') && isNavigation;
}

async function refuse(reply: FastifyReply, status: number, text: string): Promise<void> {
  await reply.code(status).type('text/plain; charset=utf-8').send(`${text}\n`);
}
