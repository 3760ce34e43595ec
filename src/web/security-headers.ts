/** Headers that every answer carries, set by helmet (spec: pages, section 14). */
import { IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import fastifyHelmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';

const DIRECTIVES = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
  'base-uri': ["'none'"],
};
/** Bull Board sets inline styles, uses <base>, and brings fonts in its own style sheet. */
const BULL_BOARD_DIRECTIVES = {
  ...DIRECTIVES,
  'style-src': ["'self'", "'unsafe-inline'"],
  'base-uri': ["'self'"],
  'font-src': ["'self'", 'data:'],
};

/** Sets the headers before anything else sees the request. Await it before other hooks are added. */
export async function addSecurityHeaders(app: FastifyInstance): Promise<void> {
  await app.register(fastifyHelmet, optionsWith(DIRECTIVES));
}

/** Replaces them by those that Bull Board's pages need, on the routes of its scope alone. */
export async function addBoardHeaders(scope: FastifyInstance): Promise<void> {
  await scope.register(fastifyHelmet, optionsWith(BULL_BOARD_DIRECTIVES));
}

/** The same headers, for answers to requests that reach no hook. */
export function securityHeaders(): OutgoingHttpHeaders {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet(optionsWith(DIRECTIVES))(request, response, () => undefined);
  return response.getHeaders();
}

function optionsWith(directives: Readonly<Record<string, string[]>>) {
  return {
    contentSecurityPolicy: { useDefaults: false, directives },
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    // Contrail speaks plain HTTP; a proxy that adds TLS sets it.
    strictTransportSecurity: false,
  } as const;
}
