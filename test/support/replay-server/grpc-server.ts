/** The gRPC side of the server on a loopback port; it holds the sockets itself, so that it can reset one. */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { READ_API, type ReadService } from './read-api.ts';

export interface GrpcServer {
  /** `127.0.0.1:port` */
  readonly address: string;
  stop(): Promise<void>;
}

/** Sockets by the address of their other end. */
export class Connections {
  readonly #sockets = new Map<string, Socket>();

  add(socket: Socket): void {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#sockets.set(peer, socket);
    socket.on('error', () => {}); // A reader that goes away is part of the play.
    socket.on('close', () => this.#sockets.delete(peer));
  }

  reset(peer: string): void {
    this.#sockets.get(peer)?.resetAndDestroy();
  }

  destroyAll(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
  }
}

/** Starts the read service on a free port. */
export async function startGrpcServer(handlers: ReadService, connections: Connections): Promise<GrpcServer> {
  const grpc = new Server({ 'grpc.max_send_message_length': -1 });
  grpc.addService(READ_API, handlers);
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const listener = createServer((socket) => {
    connections.add(socket);
    injector.injectConnection(socket);
  });
  const port = await listen(listener);
  return {
    address: `127.0.0.1:${port}`,
    async stop() {
      const closed = new Promise((resolve) => listener.close(resolve));
      grpc.forceShutdown();
      connections.destroyAll();
      await closed;
    },
  };
}

/** Listens on a free port of loopback, and tells it. */
export async function listen(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}
