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

/** What an answer of our own carries; `addSecurityHeaders` sees to it wherever a request reaches a route. */
export const OWN_PAGE_HEADERS = headersOf(OWN_PAGES);
const BULL_BOARD_HEADERS = headersOf(BULL_BOARD);

/** Adds the headers to every answer. */
export function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onSend', async (_request, reply) => {
    reply.headers(OWN_PAGE_HEADERS);
  });
}

/** Replaces them by those that Bull Board's pages need, on the routes of its scope alone. */
export function addBoardHeaders(scope: FastifyInstance): void {
  scope.addHook('onSend', async (_request, reply) => {
    reply.headers(BULL_BOARD_HEADERS);
  });
}

function headersOf(policy: string): Readonly<Record<string, string>> {
  return {
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };
}
