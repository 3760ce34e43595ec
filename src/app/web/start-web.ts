/** Starts the web server of this process, from pages, queue and store. */
import type { Config } from '../../config/load-config.ts';
import { buildApp } from '../../web/app.ts';
import { mountBoard } from '../../web/board/board.ts';
import { RunReader } from '../../web/board/ended-runs.ts';
import { listen, type ListenOptions } from '../../web/server.ts';
import { connectProducer } from '../../queue/bullmq/connection.ts';
import { openAlertIndex } from '../compose/open-alert-index.ts';
import { openFreshnessIndex } from '../compose/open-freshness-index.ts';
import { openQueue } from '../compose/open-queue.ts';
import type { Adapters } from '../compose/adapters.ts';
import type { Observation } from '../observe/observation.ts';
import { openObservation } from '../observe/open-observation.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';
import { openAlertCount } from './alert-count.ts';
import { openDoor } from './open-door.ts';
import type { PageContext } from './page-room.ts';
import { PAGE_ROOMS } from './page-rooms.ts';
import { openServicePort, type ServicePort } from '../observe/service-port.ts';

export interface WebServer {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** Closes requests and connections. */
  readonly stop: () => Promise<void>;
}

export interface WebOptions extends ListenOptions {
  readonly redisUrl?: string;
  /** A port for metrics and health alone; default: the setting. */
  readonly metricsPort?: number | undefined;
  /** Of a process that works too; closed by whoever opened it. */
  readonly observation?: Observation;
}

export async function startWeb(
  config: Config,
  adapters: Pick<Adapters, 'store' | 'log' | 'clock'> & Pick<PageContext, 'wired'>,
  options: WebOptions,
): Promise<WebServer> {
  const { clock, log, store, wired } = adapters;
  const door = openDoor(config, options.host);
  const redisUrl = options.redisUrl ?? config.redis.reveal();
  const observation = options.observation ?? (await openObservation(config, { clock, log, redisUrl }));
  const queue = await openQueue(config, redisUrl);
  const connection = connectProducer(redisUrl);
  connection.on('error', () => {});
  const runs = wired === undefined ? {} : { runs: new RunReader(readerOf(wired), clock) };
  const index = openFreshnessIndex(config, redisUrl);
  const alerts = openAlertIndex(config, redisUrl);
  const context = {
    config,
    clock,
    log,
    store,
    queue,
    index,
    alerts,
    redisUrl,
    ...(wired === undefined ? {} : { wired }),
  };
  let servicePort: ServicePort | undefined;
  const app = await buildApp({
    clock,
    mountBoard: (fastify) =>
      mountBoard(fastify, { connection, prefix: config['queue.prefix'], log, hasTls: door?.hasTls ?? false, ...runs }),
    store,
    openAlerts: openAlertCount(alerts, clock),
    pages: PAGE_ROOMS.map((room) => room(context)),
    observation,
    log,
    ...(door === undefined ? {} : { door }),
  });
  const stop = async (): Promise<void> => {
    observation.stopping();
    await app.close();
    await servicePort?.stop();
    await queue.close();
    index.close();
    alerts.close();
    connection.disconnect();
    if (options.observation === undefined) observation.close();
  };
  try {
    servicePort = await openServicePort(config, { clock, log, observation, port: options.metricsPort });
    return { url: await listen(app, options), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function readerOf(wired: NonNullable<PageContext['wired']>): MonitoringReader {
  return { rows: async (request, signal) => (await wired()).reader.rows(request, signal) };
}
