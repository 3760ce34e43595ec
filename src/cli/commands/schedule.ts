/** `contrail schedule`: continuous mode. */
import { type Config, loadConfig } from '../../config/load-config.ts';
import { enqueueTicks, type MonitoringSchedule } from '../../producer/monitoring-ticks.ts';
import { ScanService } from '../../producer/scan-service.ts';
import { checkRedis } from '../../queue/bullmq/check-redis.ts';
import { logOf } from '../log.ts';
import { plural, printResult } from '../output.ts';
import { startRecordKeeping } from '../../app/upkeep/record-keeping.ts';
import { scanOnce } from '../../app/scan.ts';
import { abortOnSignals, exitAfter } from '../signals.ts';
import { openQueue, wire } from '../../app/compose/wire.ts';

/** How often it is looked whether repeating work is due. */
const TICK_INTERVAL_MS = 15_000;

export async function schedule(once: boolean): Promise<void> {
  const config = loadConfig(['warehouse', 'bucket']);
  await checkRedis(config.redis.reveal());
  const parts = await wire(config, { createWarehouse: true, log: logOf(config) });
  const queue = await openQueue(config);
  const keeping = await startRecordKeeping(config, parts, config.redis.reveal());
  const { signal, release } = abortOnSignals(() => exitAfter(config['worker.drainTimeout'], parts));
  try {
    if (once) {
      await enqueueTicks({ queue, clock: parts.clock }, monitoringSchedule(config), signal);
      const { enqueued, skipped } = await scanOnce(parts, { config, queue, records: keeping.taker, signal });
      printResult(`${plural(enqueued.length, 'file')} enqueued, ${skipped.length} waiting.`);
      return;
    }
    const scan = async (scanSignal: AbortSignal): Promise<void> => {
      await scanOnce(parts, { config, queue, records: keeping.taker, signal: scanSignal });
    };
    const tick = async (tickSignal: AbortSignal): Promise<void> => {
      await enqueueTicks({ queue, clock: parts.clock }, monitoringSchedule(config), tickSignal);
    };
    const service = new ScanService({ scan, intervalMs: config['schedule.interval'], log: parts.log });
    const ticking = new ScanService({ scan: tick, intervalMs: TICK_INTERVAL_MS, log: parts.log });
    service.start();
    ticking.start();
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.all([service.stop(), ticking.stop()]);
  } finally {
    release();
    await keeping.stop();
    await queue.close();
    await parts.close();
  }
}

function monitoringSchedule(config: Config): MonitoringSchedule {
  return {
    importExperimentsMs: config['schedule.importExperiments'],
    checkAlertsMs: config['schedule.checkAlerts'],
    dailyAfterMs: config['schedule.dailyAfter'],
  };
}
