/** `contrail schedule`: continuous mode. */
import type { Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { ScanService } from '../../producer/scan-service.ts';
import { checkRedis } from '../../queue/check-redis.ts';
import { examples } from '../help.ts';
import { plural, printResult } from '../output.ts';
import { startRecordKeeping } from '../record-keeping.ts';
import { scanOnce } from '../scan.ts';
import { abortOnSignals } from '../signals.ts';
import { openQueue, wire } from '../wire.ts';

export function addSchedule(program: Command): void {
  program
    .command('schedule')
    .description('look for changes again and again, and enqueue them (CONTRAIL_SCHEDULE_INTERVAL)')
    .option('--once', 'look once, then end')
    .addHelpText('after', examples('contrail schedule', 'contrail schedule --once'))
    .action(async (options: { readonly once?: true }) => schedule(options.once ?? false));
}

async function schedule(once: boolean): Promise<void> {
  const config = loadConfig(['warehouse', 'bucket']);
  await checkRedis(config.redis.text);
  const parts = await wire(config, { createWarehouse: true });
  const queue = await openQueue(config);
  const keeping = await startRecordKeeping(config, parts, config.redis.text);
  const { signal, release } = abortOnSignals();
  try {
    if (once) {
      const { enqueued, skipped } = await scanOnce(parts, { config, queue, records: keeping.taker, signal });
      printResult(`${plural(enqueued.length, 'file')} enqueued, ${skipped.length} waiting.`);
      return;
    }
    const scan = async (scanSignal: AbortSignal): Promise<void> => {
      await scanOnce(parts, { config, queue, records: keeping.taker, signal: scanSignal });
    };
    const service = new ScanService({ scan, intervalMs: config['schedule.interval'], log: parts.log });
    service.start();
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await service.stop();
  } finally {
    release();
    await keeping.stop();
    await queue.close();
    await parts.close();
  }
}
