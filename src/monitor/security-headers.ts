/** Headers that every answer carries (spec: pages, section 14). */
import type { FastifyInstance } from 'fastify';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
];
const OWN_PAGES = [...POLICY, "base-uri 'none'"].join('; ');
// Bull Board sets inline styles, uses <base>, and brings fonts in its own style sheet.
const BULL_BOARD = [
  ...POLICY.map((rule) => (rule.startsWith('style-src') ? "style-src 'self' 'unsafe-inline'" : rule)),
  "base-uri 'self'",
  "font-src 'self' data:",
].join('; ');

/** Adds the headers; `boardPrefix` is where Bull Board is mounted. */
export function addSecurityHeaders(app: FastifyInstance, boardPrefix: string): void {
  app.addHook('onSend', async (request, reply) => {
    const isBoard = request.url === boardPrefix || request.url.startsWith(`${boardPrefix}/`);
    reply.headers({
      'content-security-policy': isBoard ? BULL_BOARD : OWN_PAGES,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
  });
}
