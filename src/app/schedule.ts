/** Continuous mode: enqueues what has changed, and the repeating work when its time has come. */
import type { Config } from '../config/load-config.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import type { RecordTaker } from '../ports/record-sink.ts';
import { enqueueTicks, type MonitoringSchedule } from '../producer/monitoring-ticks.ts';
import type { Adapters } from './compose/wire.ts';
import { Repeating } from './repeating.ts';
import { scanOnce } from './scan.ts';

/** How often it is looked whether repeating work is due. */
const TICK_INTERVAL_MS = 15_000;

export interface ScheduleRequest {
  readonly config: Config;
  readonly adapters: Adapters;
  readonly queue: JobQueue;
  /** Where the log rows of what cannot be done go. */
  readonly records: RecordTaker;
}

export interface Schedule {
  /** Aborts what is under way. May be called twice. */
  readonly stop: () => Promise<void>;
}

export function startSchedule({ config, adapters, queue, records }: ScheduleRequest): Schedule {
  const { clock, log } = adapters;
  const failure = { level: 'warn', text: 'a scan failed; the next one tries again' } as const;
  const scanning = new Repeating({
    name: 'scan',
    intervalMs: config['schedule.interval'],
    clock,
    log,
    failure,
    pass: async (signal, named) => {
      await scanOnce({ ...adapters, log: named }, { config, queue, records, signal });
    },
  });
  const ticking = new Repeating({
    name: 'ticks',
    intervalMs: TICK_INTERVAL_MS,
    clock,
    log,
    failure,
    pass: async (signal) => {
      await enqueueTicks({ queue, clock }, monitoringSchedule(config), signal);
    },
  });
  scanning.start();
  ticking.start();
  return {
    async stop() {
      await Promise.all([scanning.stop(), ticking.stop()]);
    },
  };
}

export function monitoringSchedule(config: Config): MonitoringSchedule {
  return {
    importExperimentsMs: config['schedule.importExperiments'],
    checkAlertsMs: config['schedule.checkAlerts'],
    dailyAfterMs: config['schedule.dailyAfter'],
  };
}
