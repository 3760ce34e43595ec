/** `contrail web`: serves the pages. */
import { loadConfig } from '../../config/load-config.ts';
import { systemRandom } from '../../adapters/system/random.ts';
import { ContrailError } from '../../domain/errors.ts';
import { ask } from '../help.ts';
import { logOf } from '../log.ts';
import { printResult } from '../output.ts';
import { abortOnSignals } from '../signals.ts';
import { openDoor } from '../../app/web/open-door.ts';
import { startWeb } from '../../app/web/start-web.ts';
import { clockOf } from '../../app/compose/wire.ts';
import { wireOnDemand } from '../../app/compose/wire-on-demand.ts';
import { sharedHttp } from '../../app/compose/shared-http.ts';
import { storeOf } from '../../app/compose/open-store.ts';
import { checkRedis } from '../../app/compose/open-queue.ts';

interface Options {
  readonly host?: string;
  readonly port?: string;
  readonly metricsPort?: string;
}

export async function web(options: Options): Promise<void> {
  const port = ask(() => readPort(options.port));
  const metricsPort = ask(() => readPort(options.metricsPort, '--metrics-port'));
  const config = loadConfig(['bucket']);
  const host = options.host ?? config['web.host'];
  openDoor(config, host);
  await checkRedis(config.redis.reveal());
  const log = logOf(config);
  const { signal, release } = abortOnSignals();
  const clock = clockOf(config);
  const http = sharedHttp();
  const system = { clock, random: systemRandom, log, http };
  const onDemand = wireOnDemand(config, { createWarehouse: false, log });
  const server = await startWeb(
    config,
    { store: await storeOf(config, system), log, clock, ...(onDemand === undefined ? {} : { wired: onDemand.wired }) },
    { host, port: port ?? config['web.port'], metricsPort },
  );
  printResult(`Contrail: ${server.url} (queues: ${server.url}/queues)`);
  if (!signal.aborted) {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }
  await server.stop();
  await onDemand?.close();
  release();
}

export function readPort(text: string | undefined, option = '--port'): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new ContrailError('USAGE', `${option} takes a number from 0 to 65535, not ${JSON.stringify(text)}.`);
}
