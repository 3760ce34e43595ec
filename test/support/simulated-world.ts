/** All of Contrail in one process and on one virtual clock: producer, queue, workers, records, warehouse and bucket in memory. */
import { MemoryExperimentLogs } from '../../src/adapters/memory/experiment-logs.ts';
import { MemoryExperimentsApi } from '../../src/adapters/memory/experiments-api.ts';
import { MemoryAlertIndex } from '../../src/adapters/memory/alert-index.ts';
import { MemoryFreshnessIndex } from '../../src/adapters/memory/freshness-index.ts';
import { MemoryJobHistory } from '../../src/adapters/memory/job-history.ts';
import { MemoryJobQueue } from '../../src/adapters/memory/job-queue.ts';
import { MemoryMetricHub } from '../../src/adapters/memory/metric-hub.ts';
import { MemoryMonitoringReader } from '../../src/adapters/memory/monitoring-reader.ts';
import { MemoryNotifier } from '../../src/adapters/memory/notifier.ts';
import { MemoryObjectStore } from '../../src/adapters/memory/object-store.ts';
import { MemoryQuerySource } from '../../src/adapters/memory/query-source.ts';
import { MemoryQueueWatch } from '../../src/adapters/memory/queue-watch.ts';
import { MemoryRecordSink } from '../../src/adapters/memory/record-sink.ts';
import { MemoryRecordSpool } from '../../src/adapters/memory/record-spool.ts';
import { MemoryRecordStage } from '../../src/adapters/memory/record-stage.ts';
import { seededRandom } from '../../src/adapters/memory/seeded-random.ts';
import { MemoryStatisticsSource } from '../../src/adapters/memory/statistics-source.ts';
import { VirtualClock } from '../../src/adapters/memory/virtual-clock.ts';
import { type MemoryWorkerPool, startMemoryPool } from '../../src/adapters/memory/worker-pool.ts';
import { attemptHooks } from '../../src/app/attempts/attempt-hooks.ts';
import { joinHooks } from '../../src/app/attempts/join-hooks.ts';
import { jobHandlers } from '../../src/app/compose/job-handlers.ts';
import { monitoringSchedule } from '../../src/app/compose/monitoring-schedule.ts';
import { scanDependencies } from '../../src/app/compose/planning.ts';
import { pricingOf } from '../../src/app/compose/pricing.ts';
import type { WorkAdapters } from '../../src/app/compose/adapters.ts';
import { noteAttempts } from '../../src/app/freshness/note-attempts.ts';
import { startSchedule } from '../../src/app/schedule.ts';
import { keepRecords } from '../../src/app/upkeep/record-keeping.ts';
import { type Environment, loadConfig } from '../../src/config/load-config.ts';
import { JOB_KINDS } from '../../src/jobs/job-kinds.ts';
import type { FileNote } from '../../src/domain/freshness/file-note.ts';
import type { IndexPass } from '../../src/ports/freshness-index.ts';
import type { WriteRequest } from '../../src/ports/object-store.ts';
import { ConfigurationLoader } from '../../src/workers/metadata/configuration-loader.ts';
import { recordedLog } from './recorded-log.ts';

/** A bucket in which a test lets writes fail. */
export class TroubledStore extends MemoryObjectStore {
  /** Called before each write; what it throws, the write throws. */
  trouble: ((request: WriteRequest) => Promise<void> | void) | undefined;

  override async write(request: WriteRequest) {
    await this.trouble?.(request);
    return super.write(request);
  }
}

/** An index that a test lets fail. */
export class TroubledIndex extends MemoryFreshnessIndex {
  /** Called before each note; what it throws, the note throws. */
  trouble: (() => Promise<void>) | undefined;

  override async note(notes: readonly FileNote[], pass?: IndexPass) {
    await this.trouble?.();
    return super.note(notes, pass);
  }
}

export interface SimulationOptions {
  /** Milliseconds since 1970. */
  readonly startAt: number;
  readonly experiments: readonly unknown[];
  /** Settings, as environment variables. */
  readonly settings?: Environment;
  readonly seed?: number;
}

export type SimulatedWorld = ReturnType<typeof simulateWorld>;

export function simulateWorld({ startAt, experiments: records, settings = {}, seed = 1 }: SimulationOptions) {
  const config = loadConfig([], { environment: settings });
  const clock = new VirtualClock(startAt);
  const random = seededRandom(seed);
  const log = recordedLog();
  const source = new MemoryStatisticsSource();
  const store = new TroubledStore({ clock, keepHistory: true });
  const sink = new MemoryRecordSink();
  const stage = new MemoryRecordStage({ clock, random, windowMs: config['records.window'] });
  const queue = new MemoryJobQueue({ clock });
  const index = new TroubledIndex();
  const experiments = new MemoryExperimentsApi(records);
  const metricHub = new MemoryMetricHub();
  metricHub.commit({ 'definitions/fenix.toml': '[data_sources.main]\nfrom_expression = "t"\n' }, startAt);
  const configurations = new ConfigurationLoader();
  const adapters: WorkAdapters = {
    clock,
    random,
    log,
    source,
    queries: new MemoryQuerySource({ clock }),
    divisibleSource: source,
    sink,
    store,
    composingStore: store,
    experiments,
    reader: new MemoryMonitoringReader(sink),
    jobHistory: new MemoryJobHistory(),
    logs: new MemoryExperimentLogs(sink),
    resolution: () => Promise.resolve({ metricHub, configurations }),
  };
  const keeping = keepRecords({
    stage,
    queue,
    spool: new MemoryRecordSpool(),
    sink,
    clock,
    log,
    disconnect: () => undefined,
  });
  const notifier = new MemoryNotifier('team');
  const recording = { sink: keeping.taker, clock, log, worker: 'simulated', pricing: pricingOf(config) };
  const handlers = jobHandlers({
    config,
    adapters,
    records: recording,
    stage,
    jobs: queue,
    index,
    alerts: new MemoryAlertIndex(),
    watch: new MemoryQueueWatch({ jobs: queue.jobs, queues: JOB_KINDS.map((kind) => kind.queue), clock }),
    notifiers: [notifier],
  });
  return {
    config,
    adapters,
    clock,
    log,
    source,
    store,
    sink,
    queue,
    index,
    experiments,
    notifier,
    /** A process that takes jobs. */
    startWorker: (): MemoryWorkerPool =>
      startMemoryPool({
        queue,
        kinds: JOB_KINDS,
        handlers,
        log,
        clock,
        random,
        ...joinHooks([attemptHooks(recording), noteAttempts({ index, clock, log })], undefined),
      }),
    /** A process that scans and ticks. */
    startScheduler: () =>
      startSchedule({
        scan: scanDependencies(adapters, config, { queue, records: keeping.taker, index }),
        scanIntervalMs: config['schedule.interval'],
        ticks: monitoringSchedule(config),
      }),
    stopRecords: () => keeping.stop(),
  };
}
