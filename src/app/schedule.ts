/** Continuous mode: enqueues changed files, and monitoring tasks when they are due. */
import { enqueueTicks, type MonitoringSchedule } from '../producer/monitoring-ticks.ts';
import type { NoticeSource } from '../ports/notice-source.ts';
import type { ChangeNotice, WatchedDataset } from './notify/change-notice.ts';
import { ChangeNotices } from './notify/change-notices.ts';
import { type PassReport, Repeating } from './repeating.ts';
import { type ScanDependencies, scanOnce } from './scan.ts';

/** How often to check whether monitoring tasks are due. */
const TICK_INTERVAL_MS = 15_000;

export interface ScheduleRequest {
  readonly scan: ScanDependencies;
  /** From the end of one scan to the start of the next, milliseconds. */
  readonly scanIntervalMs: number;
  readonly ticks: MonitoringSchedule;
  /** Where changes of tables are told, if anywhere. */
  readonly notices?: { readonly source: NoticeSource; readonly watched: WatchedDataset };
  /** Called for each such message. */
  readonly onNotice?: (kind: ChangeNotice['kind']) => void;
  /** Called after each pass of a service. */
  readonly onPass?: (report: PassReport) => void;
  /** Called while a pass takes very long. */
  readonly onSlowPass?: (report: PassReport) => void;
}

export interface Schedule {
  /** Aborts running work. May be called twice. */
  readonly stop: () => Promise<void>;
}

export function startSchedule(request: ScheduleRequest): Schedule {
  const { scan, scanIntervalMs, ticks, notices, onNotice, onPass, onSlowPass } = request;
  const { enqueuing } = scan;
  const { queue, clock, log } = enqueuing;
  const observed = { ...(onPass && { onPass }), ...(onSlowPass && { onSlowPass }) };
  const scanning = new Repeating({
    name: 'scan',
    intervalMs: scanIntervalMs,
    clock,
    log,
    failure: { level: 'warn', text: 'a scan failed; the next one tries again' },
    ...observed,
    pass: async (signal, named) => {
      await scanOnce({ ...scan, enqueuing: { ...enqueuing, log: named } }, signal);
    },
  });
  const ticking = new Repeating({
    name: 'ticks',
    intervalMs: TICK_INTERVAL_MS,
    clock,
    log,
    ...observed,
    pass: async (signal) => {
      await enqueueTicks({ queue, clock }, ticks, signal);
    },
  });
  const hearing =
    notices === undefined
      ? undefined
      : new ChangeNotices({
          ...notices,
          ...observed,
          ...(onNotice === undefined ? {} : { onNotice }),
          scan,
          scanAll: () => scanning.runOnce(),
        });
  scanning.start();
  ticking.start();
  hearing?.start();
  return {
    async stop() {
      await Promise.all([scanning.stop(), ticking.stop(), hearing?.stop()]);
    },
  };
}
