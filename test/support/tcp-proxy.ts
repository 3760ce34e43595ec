/** A proxy on the loopback, through which a connection can be cut, or fall silent. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface TcpProxy {
  readonly port: number;
  /** Nothing comes through the open connections any more, in neither direction, and nobody is told. New ones work. */
  readonly silence: () => void;
  /** Ends all connections, and refuses new ones until `restore`. */
  readonly cut: () => void;
  readonly restore: () => void;
  /** Keeps answers back from now on; resolves when there is one. Requests come through. */
  readonly holdAnswers: () => Promise<void>;
  readonly releaseAnswers: () => void;
}

export async function startTcpProxy(toPort: number): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isCut = false;
  const server = createServer((client) => {
    client.on('error', () => {});
    if (isCut) return client.destroy();
    const target = connect(toPort, '127.0.0.1');
    target.on('error', () => {});
    const pair = [client, target] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, pair.toReversed()]) {
      from?.pipe(to ?? from);
      from?.on('close', () => {
        to?.destroy();
        pairs.delete(pair);
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const destroyAll = (): void => pairs.forEach((pair) => pair.forEach((socket) => socket.destroy()));
  onTestFinished(() => {
    destroyAll();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return {
    port: address.port,
    silence: () => pairs.forEach((pair) => pair.forEach((socket) => socket.unpipe().pause())),
    cut: () => {
      isCut = true;
      destroyAll();
    },
    restore: () => {
      isCut = false;
    },
    holdAnswers: () => {
      pairs.forEach(([client, target]) => target.unpipe(client));
      return Promise.race([...pairs].map(async ([, target]) => void (await once(target, 'readable'))));
    },
    releaseAnswers: () => pairs.forEach(([client, target]) => target.pipe(client)),
  };
}
