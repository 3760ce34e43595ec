/**
 * Protects our pages from other websites. Loopback needs no password, and browsers send a password by themselves, so any
 * page in the operator's browser could reach these routes. Requests must name one of our hosts. From foreign pages only a
 * followed link is answered; everything a page loads by itself is refused.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { plainAddress } from './access/proxies.ts';
import { headerValues } from './header-values.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const IPV4_LOOPBACK = /^127(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;

/** Whether only this machine can reach an address. */
export function isLoopbackAddress(host: string): boolean {
  return host === 'localhost' || host === '::1' || IPV4_LOOPBACK.test(host);
}

/**
 * Refuses foreign hosts (421) and requests that foreign pages make by themselves (403), before any route. Our hosts are the
 * names given, in lower case and without ports, and for clients on this machine the loopback addresses.
 */
export function guardRequests(app: FastifyInstance, hosts: readonly string[] = []): void {
  app.addHook('onRequest', async (request, reply) => {
    // Probes ask an address by its number, and are told one word.
    const isForAnybody = hosts.length > 0 && request.routeOptions.config.access === 'public';
    if (!isForAnybody && !isOwnHost(request, hosts)) await refuse(reply, 421, 'This host name is not served here.');
    else if (!isOwnPage(request, hosts.length > 0) && !isFollowedLink(request)) {
      const text = SAFE_METHODS.has(request.method)
        ? 'Other sites may link here, but not load anything from here.'
        : 'Requests that change something must come from a page of this server.';
      await refuse(reply, 403, text);
    }
  });
}

function isOwnHost({ raw, socket }: FastifyRequest, hosts: readonly string[]): boolean {
  const isFromHere = hosts.length === 0 || isLoopbackAddress(plainAddress(socket.remoteAddress ?? ''));
  const isOwn = (authority: string): boolean => {
    const name = hostName(authority);
    if (name === undefined) return false;
    return hosts.includes(name) || (isFromHere && isLoopbackAddress(name));
  };
  const named = headerValues(raw.rawHeaders, 'host');
  return named.length === 1 && isOwn(named[0] ?? '') && isOwnTarget(raw.url ?? '', isOwn);
}

/** A target may be an absolute URL (`GET http://localhost/ HTTP/1.1`); then its host counts, not the header's. */
function isOwnTarget(target: string, isOwn: (authority: string) => boolean): boolean {
  if (target.startsWith('/') || target === '*') return true;
  const authority = /^http:\/\/([^/?#]*)/i.exec(target)?.[1];
  return authority !== undefined && isOwn(authority);
}

/** `localhost` of `localhost:8080`, `::1` of `[::1]:8080`; undefined for anything else. */
function hostName(authority: string): string | undefined {
  const [, ipv6, name] = /^(?:\[([^[\]]*)\]|([^:[\]]+))(?::\d{1,5})?$/.exec(authority) ?? [];
  if (ipv6 !== undefined) return ipv6.includes(':') ? ipv6.toLowerCase() : undefined;
  return name?.toLowerCase();
}

/** Browsers say where a request comes from. Other clients send neither header and pass. */
function isOwnPage(request: FastifyRequest, isPublic: boolean): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = request.headers.origin;
  const host = request.headers.host ?? '';
  // A proxy in front of us may add TLS.
  return origin === undefined || origin === `http://${host}` || (isPublic && origin === `https://${host}`);
}

/** The reader followed a link on a foreign page; not an image, frame, script or fetch of it. */
function isFollowedLink({ method, headers }: FastifyRequest): boolean {
  const isNavigation = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return (method === 'GET' || method === 'HEAD') && isNavigation;
}

async function refuse(reply: FastifyReply, status: number, text: string): Promise<void> {
  await reply.code(status).type('text/plain; charset=utf-8').send(`${text}\n`);
}
