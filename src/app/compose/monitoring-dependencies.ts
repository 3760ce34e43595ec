/** The dependencies of the monitoring tasks, from settings and adapters. */
import type { Config } from '../../config/load-config.ts';
import type { ByteLimit } from '../../domain/byte-limit.ts';
import { ALERT_RULES } from '../../alerts/rules.ts';
import type { QueryExport } from '../../domain/query-export/query-export.ts';
import type { WaitingRecords } from '../../alerts/inputs.ts';
import { RECORDS_JOB } from '../../jobs/records-job.ts';
import type { AlertIndex } from '../../ports/alert-index.ts';
import type { FreshnessIndex } from '../../ports/freshness-index.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import type { QueueWatch } from '../../ports/queue-watch.ts';
import type { Notifier } from '../../ports/notifier.ts';
import type { Waiting } from '../../ports/record-stage.ts';
import type { RecordTaker } from '../../ports/record-sink.ts';
import { fileConditions } from '../../producer/file-conditions.ts';
import { planProducts } from '../../producer/plan-products.ts';
import { PRODUCTS } from '../../producer/product-plan.ts';
import { leftOutExperiments } from '../../workers/metadata/analysis-choices.ts';
import { alertHistory } from '../../workers/monitoring/alert-history.ts';
import { readAlertInputs } from '../../workers/monitoring/alert-sources.ts';
import { KeptEnrollmentFunnel } from '../../workers/monitoring/enrollment-funnel-object.ts';
import type { MonitoringDependencies } from '../../workers/monitoring/monitoring-tasks.ts';
import { indexedConditions } from '../freshness/indexed-conditions.ts';
import { planDependencies } from './planning.ts';
import { configuredQueries } from './queries.ts';
import { pricingOf } from './pricing.ts';
import { byteLimit } from './byte-limit.ts';
import type { WorkAdapters } from './adapters.ts';

export interface MonitoringSetup {
  readonly config: Config;
  readonly adapters: WorkAdapters;
  /** The sink for log rows. */
  readonly records: RecordTaker;
  /** The queue for looking up jobs; absent without Redis. */
  readonly queue: JobQueue | undefined;
  /** What scans and workers noted of files; absent: files are planned anew. */
  readonly index?: Pick<FreshnessIndex, 'read'>;
  /** Alerts for the pages, and silences from them; absent without Redis. */
  readonly alerts?: AlertIndex;
  /** Records that wait to be written. Throws without Redis. */
  readonly waiting: () => Promise<Waiting>;
  /** Throws without Redis. */
  readonly watch: Pick<QueueWatch, 'look'>;
  readonly notifiers: readonly Notifier[];
}

const EVERYTHING = { experiments: [], periods: [], apps: [], force: false, products: PRODUCTS };

export function monitoringDependencies(request: MonitoringSetup): MonitoringDependencies {
  const { config, adapters, records, notifiers } = request;
  const { sink: tables, clock, log, store, experiments: experimentRecords } = adapters;
  const funnel = new KeptEnrollmentFunnel({
    store,
    limit: byteLimit(config, 'enrollmentFunnel.maximumBytes'),
    records: { sink: records, clock, log },
  });
  const queries = configuredQueries(config);
  return {
    dataset: config.monitoringDataset,
    clock,
    import: { experimentRecords, tables, records: { sink: records, clock, log }, clock },
    scrape: { history: adapters.jobHistory, tables, clock, dataset: config.resultsDataset, pricing: pricingOf(config) },
    sampleRatio: { experimentRecords, store, tables, clock, countsLimit: countsLimitOf(config) },
    check: {
      rules: ALERT_RULES,
      limits: { Q2: { threshold: config['queries.dailyBudgetUsd'] }, ...config['alerts.limits'] },
      silences: config['alerts.silence'],
      inputs: (signal) => readAlertInputs(alertSources(request, { funnel, queries }), signal),
      history: alertHistory(adapters.reader),
      ...(request.alerts === undefined ? {} : { index: request.alerts }),
      sink: adapters.sink,
      notifiers,
      clock,
      log,
    },
  };
}

function countsLimitOf(config: Config): ByteLimit {
  return byteLimit(config, 'enrollmentCounts.maximumBytes');
}

function alertSources(
  { config, adapters, queue, index, waiting, watch }: MonitoringSetup,
  { funnel, queries }: { readonly funnel: KeptEnrollmentFunnel; readonly queries: readonly QueryExport[] },
): Parameters<typeof readAlertInputs>[0] {
  const { experiments: experimentRecords, source, store, reader, clock, log } = adapters;
  return {
    experimentRecords,
    source,
    store,
    reader,
    clock,
    log,
    countsLimit: countsLimitOf(config),
    analysisLeadMs: config['metadata.analysisLead'],
    queries,
    leftOut: (signal) => leftOutExperiments(adapters.resolution, signal),
    funnel: (signal) => funnel.read(signal),
    files: async (signal) => {
      const lagMs = config['freshness.lag'];
      const reading = { clock, lagMs, scanIntervalMs: config['schedule.interval'] };
      const noted = index && queue ? await indexedConditions({ ...reading, index, queue }, log, signal) : undefined;
      if (noted !== undefined) return { files: noted, unread: new Set() };
      const plan = await planProducts(planDependencies(adapters, config), EVERYTHING, signal);
      const [failure] = plan.failures;
      if (failure !== undefined) throw failure.error;
      const files = await fileConditions({ plan, queue, reader, now: clock.now(), lagMs, signal });
      return { files, unread: new Set(plan.malformed.flatMap(({ slug }) => slug ?? [])) };
    },
    waiting: async (): Promise<WaitingRecords[]> => {
      const { batches, oldestMs, lateMs } = await waiting();
      return [{ queue: RECORDS_JOB.queue, waiting: batches, oldestMs, lateMs }];
    },
    throttling: async () =>
      (await watch.look()).queues.map(({ queue: name, throttledMs }) => ({ queue: name, throttledMs })),
  };
}
