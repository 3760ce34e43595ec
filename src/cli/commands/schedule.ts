/** `contrail schedule`: continuous mode. */
import { systemClock } from '../../adapters/system/clock.ts';
import { loadConfig } from '../../config/load-config.ts';
import { enqueueTicks } from '../../producer/monitoring-ticks.ts';
import { ask } from '../help.ts';
import { logOf } from '../log.ts';
import { plural, printResult } from '../output.ts';
import { loggedQueries } from '../../app/compose/queries.ts';
import { monitoringSchedule } from '../../app/compose/monitoring-schedule.ts';
import { openFreshnessIndex } from '../../app/compose/open-freshness-index.ts';
import { noticesOf } from '../../app/compose/notices.ts';
import { openHeartbeats } from '../../app/compose/open-heartbeats.ts';
import { scanDependencies } from '../../app/compose/planning.ts';
import { startRecordKeeping } from '../../app/compose/record-keeping.ts';
import { scanOnce } from '../../app/scan.ts';
import { startSchedule } from '../../app/schedule.ts';
import { startHeartbeat } from '../../app/upkeep/heartbeat.ts';
import { abortOnSignals, exitAfter } from '../signals.ts';
import { checkRedis, openQueue } from '../../app/compose/open-queue.ts';
import { openServicePort, type ServicePort } from '../../app/observe/service-port.ts';
import { wire } from '../../app/compose/wire.ts';
import { readPort } from './web.ts';

interface Options {
  readonly once?: true;
  readonly metricsPort?: string;
}

export async function schedule({ once, metricsPort }: Options): Promise<void> {
  const port = ask(() => readPort(metricsPort, '--metrics-port'));
  const config = loadConfig(['warehouse', 'bucket']);
  await checkRedis(config.redis.reveal());
  const adapters = await wire(config, { createWarehouse: true, log: logOf(config) });
  const queue = await openQueue(config);
  const keeping = await startRecordKeeping(config, adapters, config.redis.reveal());
  const index = openFreshnessIndex(config);
  const { signal, release } = abortOnSignals(() => exitAfter(config['worker.drainTimeout'], adapters));
  let servicePort: ServicePort | undefined;
  try {
    const scan = scanDependencies(adapters, config, { queue, records: keeping.taker, index });
    const ticks = monitoringSchedule(config);
    loggedQueries(config, adapters.log);
    if (once) {
      await enqueueTicks({ queue, clock: adapters.clock }, ticks, signal);
      const { enqueued, skipped } = await scanOnce(scan, signal);
      printResult(`${plural(enqueued.length, 'file')} enqueued, ${skipped.length} waiting.`);
      return;
    }
    servicePort = await openServicePort(config, { clock: adapters.clock, log: adapters.log, port });
    const observation = servicePort?.observation;
    const running = startSchedule({
      scan,
      scanIntervalMs: config['schedule.interval'],
      ticks,
      ...noticesOf(config),
      ...(observation && {
        onPass: (report) => observation.passed(report),
        onSlowPass: (report) => observation.passing(report),
        onNotice: (kind) => observation.noticed(kind),
      }),
    });
    const heartbeat = startHeartbeat(
      {
        ...adapters,
        heartbeats: openHeartbeats(config),
        machineClock: systemClock,
        ...(observation === undefined ? {} : { onTrouble: (...trouble) => observation.noteTrouble(...trouble) }),
      },
      { role: 'scheduler', queues: [] },
    );
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    observation?.stopping();
    await Promise.all([running.stop(), heartbeat.stop()]);
  } finally {
    await servicePort?.stop();
    release();
    index.close();
    await keeping.stop();
    await queue.close();
    await adapters.close();
  }
}
