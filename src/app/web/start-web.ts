/** Starts the web server of this process, from pages, queue and store. */
import type { Config } from '../../config/load-config.ts';
import { buildApp } from '../../web/app.ts';
import { mountBoard } from '../../web/board/board.ts';
import { listen, type ListenOptions } from '../../web/server.ts';
import { connectProducer } from '../../queue/bullmq/connection.ts';
import { checkRedis, openQueue } from '../compose/open-queue.ts';
import type { Adapters } from '../compose/adapters.ts';

export interface WebServer {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** Closes requests and connections. */
  readonly stop: () => Promise<void>;
}

export async function startWeb(
  config: Config,
  adapters: Pick<Adapters, 'store' | 'log'>,
  options: ListenOptions & { readonly redisUrl?: string },
): Promise<WebServer> {
  const redisUrl = options.redisUrl ?? config.redis.reveal();
  const queue = await openQueue(config, redisUrl);
  const connection = connectProducer(redisUrl);
  connection.on('error', () => {});
  const stop = async (): Promise<void> => {
    await app.close();
    await queue.close();
    connection.disconnect();
  };
  const app = await buildApp({
    queue,
    mountBoard: (fastify) => mountBoard(fastify, { connection, prefix: config['queue.prefix'], log: adapters.log }),
    store: adapters.store,
    checkReady: () => checkRedis(redisUrl),
    log: adapters.log,
  });
  try {
    return { url: await listen(app, options), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
