/** `contrail worker`: runs jobs until it is stopped or, with --drain, until the queues are empty. */
import { loadConfig } from '../../config/load-config.ts';
import { ContrailError } from '../../domain/errors.ts';
import { ask } from '../help.ts';
import { startWorkers } from '../../app/pool/start-workers.ts';
import { logOf } from '../log.ts';
import { abortOnSignals, exitAfter } from '../signals.ts';
import { wire } from '../../app/compose/wire.ts';

interface Options {
  readonly concurrency?: string;
  readonly queue?: readonly string[];
  readonly drain?: true;
}

export async function work(options: Options): Promise<void> {
  const concurrency = ask(() => readConcurrency(options.concurrency));
  const config = loadConfig(['warehouse', 'bucket']);
  const adapters = await wire(config, { createWarehouse: true, log: logOf(config) });
  const { signal, release } = abortOnSignals((name) => {
    adapters.log.info({ signal: name }, 'stopping: running jobs may finish');
    // Set before the start, because the start waits for Redis too.
    exitAfter(config['worker.drainTimeout'], adapters);
  });
  const pool = await startWorkers({
    config,
    adapters,
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(options.queue === undefined ? {} : { queues: options.queue }),
  });
  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  adapters.log.info({ warehouse: adapters.source.url, bucket: adapters.store.url }, 'taking jobs');
  let code = 1;
  try {
    await Promise.race([stopped, ...(options.drain ? [pool.waitUntilDrained()] : [])]);
    code = 0;
  } finally {
    exitAfter(config['worker.drainTimeout'], adapters, code);
    await pool.stop();
    release();
    await adapters.close();
  }
  adapters.log.info({}, 'stopped');
}

function readConcurrency(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1000) return value;
  throw new ContrailError('USAGE', `--concurrency takes a whole number from 1 to 1000, not ${JSON.stringify(text)}.`);
}
