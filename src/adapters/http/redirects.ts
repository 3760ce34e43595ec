/**
 * Allowed redirects: to the same origin, or from http: to https: of the same host. Others could lead into the local network
 * or send credentials elsewhere.
 */
const STATUSES = new Set([301, 302, 303, 307, 308]);

/** The target of a redirect; undefined without one. Throws if it is not allowed. */
export function redirectOf(
  from: URL,
  { status, headers }: { status: number; headers: Readonly<Record<string, string>> },
): URL | undefined {
  const { location } = headers;
  if (location === undefined || !STATUSES.has(status)) return undefined;
  const next = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (next === undefined || !isSameOrigin(from, next)) throw new Error(`it redirects to another host${hostOf(next)}`);
  return next;
}

function isSameOrigin(from: URL, to: URL): boolean {
  if (to.username !== '' || to.password !== '') return false;
  const isUpgrade = from.protocol === 'http:' && to.protocol === 'https:' && from.port === '' && to.port === '';
  return to.origin === from.origin || (isUpgrade && to.hostname === from.hostname);
}

/** Only the host, because the rest of a location may contain anything. */
function hostOf(url: URL | undefined): string {
  return url === undefined || url.host === '' ? '' : `, ${url.host}`;
}
