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

/** Adds the headers; `boardPrefix` is where Bull Board is mounted. */
export function addSecurityHeaders(app: FastifyInstance, boardPrefix: string): void {
  app.addHook('onSend', async (request, reply) => {
    const isBoard = request.url === boardPrefix || request.url.startsWith(`${boardPrefix}/`);
    reply.headers(isBoard ? BULL_BOARD_HEADERS : OWN_PAGE_HEADERS);
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
