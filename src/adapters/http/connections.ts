/** Connections that are reused, directly or through the proxy. */
import type { Agent, Dispatcher } from 'undici';
import type { Clock } from '../../ports/clock.ts';
import { type ProxyOptions, tunnelConnector, usesProxy } from './proxy.ts';

export interface ConnectionOptions {
  /** How to make encrypted connections; default directly. */
  readonly proxy?: ProxyOptions;
  /** Time limit for connecting; default half a minute. */
  readonly connectMs?: number;
  /** An additional trusted certificate. */
  readonly ca?: string;
}

export const DEFAULT_CONNECT_MS = 30_000;
/** Idle connections close after this time, or earlier if the service says so. */
const KEEP_ALIVE_MS = 30_000;

export interface Connections {
  /** Sends a request to an address. */
  dispatcherFor(address: URL): Dispatcher;
}

/** Loads the library on the first request, because that takes a tenth of a second or more. */
export async function openConnections(
  { proxy, connectMs = DEFAULT_CONNECT_MS, ca }: ConnectionOptions,
  clock: Clock,
): Promise<Connections> {
  const undici = await import('undici');
  const connect = { timeout: connectMs, ...(ca === undefined ? {} : { ca }) };
  const options = { keepAliveTimeout: KEEP_ALIVE_MS } as const;
  const straight = new undici.Agent({ ...options, connect });
  if (proxy === undefined) return { dispatcherFor: () => straight };
  const encrypt = undici.buildConnector(connect);
  const way = new undici.Pool(proxy.url.origin, { connect: { timeout: connectMs } });
  const tunnel = tunnelConnector(proxy.url, { way, connectMs, clock, encrypt });
  const proxied: Agent = new undici.Agent({ ...options, connect: tunnel });
  return { dispatcherFor: (address) => (usesProxy(address, proxy) ? proxied : straight) };
}
