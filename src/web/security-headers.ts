/** Headers of every reply, set by helmet (spec: pages, section 14). */
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
  'require-trusted-types-for': ["'script'"],
};
/** Our pages use no device of the reader. */
const NO_DEVICES = ['camera', 'display-capture', 'geolocation', 'microphone', 'payment', 'usb']
  .map((feature) => `${feature}=()`)
  .join(', ');
/** Bull Board sets inline styles, uses <base>, has fonts in its style sheet, and writes HTML by script. */
const { 'require-trusted-types-for': _, ...OTHERS } = DIRECTIVES;
const BULL_BOARD_DIRECTIVES = {
  ...OTHERS,
  'style-src': ["'self'", "'unsafe-inline'"],
  'base-uri': ["'self'"],
  'font-src': ["'self'", 'data:'],
};

/** Sets the headers first of all. Await it before adding other hooks. */
export async function addSecurityHeaders(app: FastifyInstance, hasTls = false): Promise<void> {
  await app.register(fastifyHelmet, optionsWith(DIRECTIVES, hasTls));
  app.addHook('onRequest', async (_request, reply) => void reply.header('permissions-policy', NO_DEVICES));
}

/** Replaces them by the ones for Bull Board's pages, only in its scope. */
export async function addBoardHeaders(scope: FastifyInstance, hasTls = false): Promise<void> {
  await scope.register(fastifyHelmet, optionsWith(BULL_BOARD_DIRECTIVES, hasTls));
}

/** The same headers, for replies to requests that reach no hook. */
export function securityHeaders(hasTls = false): OutgoingHttpHeaders {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet(optionsWith(DIRECTIVES, hasTls))(request, response, () => undefined);
  return { ...response.getHeaders(), 'permissions-policy': NO_DEVICES };
}

function optionsWith(directives: Readonly<Record<string, string[]>>, hasTls: boolean) {
  return {
    contentSecurityPolicy: { useDefaults: false, directives },
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    // Contrail speaks plain HTTP, behind a proxy that adds TLS.
    strictTransportSecurity: hasTls && { maxAge: 31_536_000 },
  } as const;
}
