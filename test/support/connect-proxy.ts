/** A proxy on loopback that makes tunnels, or does not. Whatever host is asked for, the tunnel ends at one port here. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';

export interface ConnectProxy {
  readonly url: URL;
  /** The targets that it was asked for, in order, with the credentials that came along. */
  readonly asked: { readonly target: string; readonly authorization: string | undefined }[];
}

/** `refuse`: a status line such as `407 Proxy Authentication Required`. `silent`: it takes requests, and never answers. */
export type ProxyManner = { readonly toPort: number } | { readonly refuse: string } | 'silent';

export async function startConnectProxy(manner: ProxyManner): Promise<ConnectProxy> {
  const asked: ConnectProxy['asked'] = [];
  const sockets = new Set<Duplex>();
  const server = createServer();
  server.on('connection', (socket) => sockets.add(socket));
  server.on('connect', (request, socket) => {
    asked.push({ target: request.url ?? '', authorization: request.headers['proxy-authorization'] });
    // A client that has gone is one of the troubles that are tested.
    socket.on('error', () => socket.destroy());
    if (manner === 'silent') return;
    if ('refuse' in manner) return void socket.end(`HTTP/1.1 ${manner.refuse}\r\ncontent-length: 0\r\n\r\n`);
    const target = connect(manner.toPort, '127.0.0.1', () =>
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n'),
    );
    sockets.add(target);
    target.on('error', () => socket.destroy());
    socket.pipe(target).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, 'close');
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return { url: new URL(`http://127.0.0.1:${address.port}`), asked };
}
