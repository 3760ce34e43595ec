/**
 * Connections through a proxy: a CONNECT tunnel, encrypted from here to the service. Not undici's ProxyAgent, which hides a
 * proxy's refusal and waits for minutes for a silent proxy.
 */
import { STATUS_CODES } from 'node:http';
import { isIPv6, Socket } from 'node:net';
import type { buildConnector, Dispatcher } from 'undici';
import { errorText } from '../../domain/errors.ts';
import { decoded } from '../../domain/secret.ts';
import type { Clock } from '../../ports/clock.ts';
import { failureOf, HttpFailure } from './failures.ts';

export interface ProxyOptions {
  readonly url: URL;
  /** Hosts that are reached directly, as in NO_PROXY: `example.org` with its subdomains, `host:port`, `*`. */
  readonly exceptFor: readonly string[];
}

/** The code of proxy errors. */
const PROXY = 'PROXY';

/** Whether requests to that URL use the proxy. Plain ones do not: they go to emulators and the local network. */
export function usesProxy(address: URL, { exceptFor }: ProxyOptions): boolean {
  if (address.protocol !== 'https:') return false;
  const port = address.port || '443';
  return !exceptFor.some((entry) => {
    if (entry === '*') return true;
    const [, host = '', onlyPort = port] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    const name = host.replace(/^\*?\./, '');
    return onlyPort === port && (address.hostname === name || address.hostname.endsWith(`.${name}`));
  });
}

export interface TunnelOptions {
  /** To the proxy. */
  readonly way: Dispatcher;
  /** Time limit for the proxy, and for the service behind it. */
  readonly connectMs: number;
  readonly clock: Clock;
  readonly encrypt: buildConnector.connector;
}

/** Makes an agent's encrypted connections through the proxy. */
export function tunnelConnector(proxy: URL, options: TunnelOptions): buildConnector.connector {
  const { way, connectMs, clock, encrypt } = options;
  const askForTunnel = async (target: string, host: string): Promise<Socket> => {
    const silence = clock.timeout(connectMs);
    const asked = way.connect({
      origin: proxy.origin,
      path: target,
      headers: { host: target, ...authorizationOf(proxy) },
      signal: silence,
    });
    const { statusCode, socket } = await asked.catch((error: unknown) => {
      const reason = silence.aborted
        ? `it said nothing for ${connectMs} ms`
        : errorText(failureOf(error, { connectMs }));
      throw new HttpFailure(`the proxy ${proxy.host} cannot be used: ${reason}`, PROXY);
    });
    if (statusCode === 200 && socket instanceof Socket) return socket;
    socket.on('error', () => undefined).destroy();
    const status = `${statusCode} ${STATUS_CODES[statusCode] ?? ''}`.trim();
    throw new HttpFailure(`the proxy ${proxy.host} refuses the way to ${host}: ${status}`, PROXY);
  };
  return (service, connected) => {
    const host = isIPv6(service.hostname) ? `[${service.hostname}]` : service.hostname;
    const target = `${host}:${service.port || 443}`;
    askForTunnel(target, service.hostname).then(
      (httpSocket) =>
        encrypt({ ...service, httpSocket }, (...result) => {
          if (result[0] !== null) httpSocket.destroy();
          connected(...result);
        }),
      (error: Error) => connected(error, null),
    );
  };
}

function authorizationOf({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const user = `${decoded(username)}:${decoded(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` };
}
