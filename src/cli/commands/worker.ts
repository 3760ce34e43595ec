/** `contrail worker`: runs jobs until it is stopped or, with --drain, until the queues are empty. */
import { type Config, loadConfig } from '../../config/load-config.ts';
import { ContrailError } from '../../domain/errors.ts';
import type { Log } from '../../ports/log.ts';
import { ask } from '../help.ts';
import { startWorkers } from '../../app/pool/start-workers.ts';
import { logOf } from '../log.ts';
import { abortOnSignals, exitAfter } from '../signals.ts';
import { openServicePort } from '../../app/observe/service-port.ts';
import { type OpenSharedLimits, openSharedLimits, sharedLimitsOf } from '../../app/compose/open-shared-limits.ts';
import { wire } from '../../app/compose/wire.ts';
import { readPort } from './web.ts';

interface Options {
  readonly concurrency?: string;
  readonly queue?: readonly string[];
  readonly drain?: true;
  readonly metricsPort?: string;
}

export async function work(options: Options): Promise<void> {
  const concurrency = ask(() => readConcurrency(options.concurrency));
  const port = ask(() => readPort(options.metricsPort, '--metrics-port'));
  const config = loadConfig(['warehouse', 'bucket']);
  const log = logOf(config);
  const limits = await openSharedLimits(config, log);
  try {
    await takeJobs(options, { config, log, limits, concurrency, port });
  } finally {
    await limits.close();
  }
  log.info({}, 'stopped');
}

interface Setup {
  readonly config: Config;
  readonly log: Log;
  readonly limits: OpenSharedLimits;
  readonly concurrency: number | undefined;
  readonly port: number | undefined;
}

async function takeJobs(options: Options, { config, log, limits, concurrency, port }: Setup): Promise<void> {
  const adapters = await wire(config, { createWarehouse: true, log, limits });
  const { signal, release } = abortOnSignals((name) => {
    log.info({ signal: name }, 'stopping: running jobs may finish');
    // Set before the start, because the start waits for Redis too.
    exitAfter(config['worker.drainTimeout'], adapters);
  });
  const queues = options.queue === undefined ? {} : { queues: options.queue };
  const { clock } = adapters;
  const servicePort = await openServicePort(config, { clock, log, port, ...queues });
  servicePort?.observation.countTurns(() => limits.counts());
  try {
    const pool = await startWorkers({
      config,
      adapters,
      ...(concurrency === undefined ? {} : { concurrency }),
      ...queues,
      ...(servicePort === undefined ? {} : { observation: servicePort.observation }),
    });
    const stopped = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const places = { warehouse: adapters.source.url, bucket: adapters.store.url };
    log.info({ ...places, limits: sharedLimitsOf(config) }, 'taking jobs');
    let code = 1;
    try {
      await Promise.race([stopped, ...(options.drain ? [pool.waitUntilDrained()] : [])]);
      code = 0;
    } finally {
      exitAfter(config['worker.drainTimeout'], adapters, code);
      await pool.stop();
    }
  } finally {
    await servicePort?.stop();
    release();
    await adapters.close();
  }
}

function readConcurrency(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1000) return value;
  throw new ContrailError('USAGE', `--concurrency takes a whole number from 1 to 1000, not ${JSON.stringify(text)}.`);
}
