/** A server on loopback that answers byte by byte as a test wants it, ended with the test. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface RawServer {
  readonly url: URL;
  readonly sockets: readonly Socket[];
  /** What has come so far, over all connections. */
  received(): string;
}

/** `answer` is called for each request that has come, by the end of its head. */
export async function rawServer(answer: (socket: Socket, head: string) => void): Promise<RawServer> {
  const sockets: Socket[] = [];
  const received: Buffer[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    // A client that has gone is one of the troubles that are tested.
    socket.on('error', () => socket.destroy());
    let head = '';
    socket.on('data', (bytes) => {
      received.push(bytes);
      head += bytes.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      const asked = head;
      head = '';
      answer(socket, asked);
    });
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
  return {
    url: new URL(`http://127.0.0.1:${address.port}/path?a=b`),
    sockets,
    received: () => Buffer.concat(received).toString('latin1'),
  };
}
