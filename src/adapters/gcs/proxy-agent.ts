/**
 * Connections through a proxy: it is asked for a tunnel (CONNECT), and what runs in the tunnel is encrypted from here to
 * the service. Not by `https-proxy-agent`, which hands a proxy's refusal on as if the service had given it, so that
 * a 403 would read as a permission that is missing there, and which waits for ever for a proxy that says nothing.
 */
import { type ClientRequest, request as plainRequest } from 'node:http';
import { Agent, request as secureRequest, type RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { decoded } from '../../domain/secret.ts';

export interface ProxyOptions {
  readonly url: URL;
  /** Hosts that are reached without it, as NO_PROXY lists them: `example.org` with all below it, `host:port`, `*`. */
  readonly exceptFor: readonly string[];
}

/** Whether requests to that address go through the proxy. */
export function usesProxy(address: URL, { exceptFor }: ProxyOptions): boolean {
  const port = address.port || (address.protocol === 'https:' ? '443' : '80');
  return !exceptFor.some((entry) => {
    if (entry === '*') return true;
    const [, host = '', onlyPort = port] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    const name = host.replace(/^\*?\./, '');
    return onlyPort === port && (address.hostname === name || address.hostname.endsWith(`.${name}`));
  });
}

type Connected = (error: Error | null, socket: Duplex) => void;

export class ProxyAgent extends Agent {
  readonly #proxy: URL;
  readonly #stallMs: number;

  /** `ca` is for the service, where it is none of the known ones. A proxy that is silent for `stallMs` is given up. */
  constructor(proxy: URL, { stallMs, ...options }: { readonly stallMs: number; readonly ca?: string }) {
    super({ keepAlive: true, ...options });
    this.#proxy = proxy;
    this.#stallMs = stallMs;
  }

  override createConnection({ host, port, servername }: RequestOptions, connected?: Connected): undefined {
    const name = host ?? '';
    const request = this.#askForTunnel(`${isIP(name) === 6 ? `[${name}]` : name}:${port ?? 443}`);
    // Its type wants a socket beside an error.
    const fail = (what: string): void => connected?.(new Error(`the proxy ${this.#proxy.host} ${what}`), new Duplex());
    request.once('error', (error) => fail(`cannot be used: ${error.message}`));
    request.once('timeout', () => request.destroy(new Error(`it said nothing for ${this.#stallMs} ms`)));
    request.once('connect', ({ statusCode, statusMessage }, socket) => {
      if (statusCode === 200) return connected?.(null, this.#encrypt(socket, servername ?? name));
      socket.destroy();
      return fail(`refuses the way to ${name}: ${statusCode} ${statusMessage}`);
    });
    request.end();
  }

  #askForTunnel(target: string): ClientRequest {
    const { protocol, hostname, port, username, password } = this.#proxy;
    const user = `${decoded(username)}:${decoded(password)}`;
    const authorization = `Basic ${Buffer.from(user).toString('base64')}`;
    const request = protocol === 'https:' ? secureRequest : plainRequest;
    return request({
      method: 'CONNECT',
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port || (protocol === 'https:' ? 443 : 80),
      path: target,
      headers: { host: target, ...(user === ':' ? {} : { 'proxy-authorization': authorization }) },
      timeout: this.#stallMs,
      agent: false,
    });
  }

  #encrypt(socket: Duplex, name: string): TLSSocket {
    const { ca } = this.options;
    return connectTls({ socket, servername: isIP(name) === 0 ? name : '', ...(ca === undefined ? {} : { ca }) });
  }
}
