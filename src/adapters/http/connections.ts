/** Connections that are kept and used again: straight to a service, or through the proxy. */
import type { Agent, Dispatcher } from 'undici';
import type { Clock } from '../../ports/clock.ts';
import { type ProxyOptions, tunnelConnector, usesProxy } from './proxy.ts';

export interface ConnectionOptions {
  /** How encrypted addresses are reached; straight unless told. */
  readonly proxy?: ProxyOptions;
  /** How long it may take to reach a service; half a minute unless told. */
  readonly connectMs?: number;
  /** A certificate to trust besides those of the system. */
  readonly ca?: string;
}

export const DEFAULT_CONNECT_MS = 30_000;
/** A connection that is not used for so long is closed; earlier where the service says so. */
const KEEP_ALIVE_MS = 30_000;

export interface Connections {
  /** Sends a request to an address. */
  dispatcherFor(address: URL): Dispatcher;
}

/** Loads the library, which takes a tenth of a second or more: not before there is a request. */
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
