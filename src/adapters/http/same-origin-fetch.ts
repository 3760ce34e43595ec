/**
 * Requests that stay where they were sent: a redirect is followed to the same origin only, or from http: to https: of
 * the same host. Elsewhere it could lead into our own network, or hand credentials to somebody else.
 */
const MOST_REDIRECTS = 5;

/** Like `fetch`; the signal covers the body as well. Throws for redirects that lead away, or on and on. */
export async function fetchSameOrigin(address: URL, request: RequestInit): Promise<Response> {
  let url = address;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const response = await fetch(url.href, { ...request, redirect: 'manual' });
    const location = redirectOf(response);
    if (location === undefined) return response;
    await response.body?.cancel();
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    if (next === undefined || !isSameOrigin(url, next)) throw new Error(`it redirects to another host${hostOf(next)}`);
    url = next;
  }
  throw new Error('it redirects without end');
}

function redirectOf({ status, headers }: Response): string | undefined {
  return [301, 302, 303, 307, 308].includes(status) ? (headers.get('location') ?? undefined) : undefined;
}

function isSameOrigin(from: URL, to: URL): boolean {
  if (to.username !== '' || to.password !== '') return false;
  const isUpgrade = from.protocol === 'http:' && to.protocol === 'https:' && from.port === '' && to.port === '';
  return to.origin === from.origin || (isUpgrade && to.hostname === from.hostname);
}

/** Only the host: the rest of a location may hold anything. */
function hostOf(url: URL | undefined): string {
  return url === undefined || url.host === '' ? '' : `, ${url.host}`;
}
