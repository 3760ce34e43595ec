/** One handler for each kind of job, with its dependencies. */
import { CONSOLE_RULES } from '../../domain/console-rules.ts';
import type { Config } from '../../config/load-config.ts';
import type { JobHandler } from '../../ports/job-handler.ts';
import { ERRORS_JOB, type ErrorsPayload } from '../../jobs/errors-job.ts';
import { METADATA_JOB, type MetadataPayload } from '../../jobs/metadata-job.ts';
import { MONITORING_JOB, type MonitoringPayload } from '../../jobs/monitoring-job.ts';
import { RECORDS_JOB, type RecordsPayload } from '../../jobs/records-job.ts';
import { STATISTICS_JOB, type StatisticsPayload } from '../../jobs/statistics-job.ts';
import { STATISTICS_PART_JOB, type StatisticsPartPayload } from '../../jobs/statistics-part-job.ts';
import type { AlertIndex } from '../../ports/alert-index.ts';
import type { FreshnessIndex } from '../../ports/freshness-index.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import type { Notifier } from '../../ports/notifier.ts';
import type { QueueWatch } from '../../ports/queue-watch.ts';
import type { RecordStage } from '../../ports/record-stage.ts';
import { handleErrorsJob } from '../../workers/errors/errors-handler.ts';
import { handleMetadataJob } from '../../workers/metadata/metadata-handler.ts';
import { handleMonitoringJob } from '../../workers/monitoring/monitoring-handler.ts';
import { handleRecordsJob } from '../../workers/records/records-handler.ts';
import type { LogRecordDependencies } from '../../workers/records/write-log-records.ts';
import { handleStatisticsPart } from '../../workers/statistics/part-handler.ts';
import {
  handleStatisticsJob,
  type StatisticsHandlerDependencies,
} from '../../workers/statistics/statistics-handler.ts';
import { divisionOf, exportDependencies, metadataDependencies } from './export-dependencies.ts';
import { queryHandlerDependencies } from './queries.ts';
import { monitoringDependencies } from './monitoring-dependencies.ts';
import type { WorkAdapters } from './adapters.ts';

export interface HandlerSetup {
  readonly config: Config;
  readonly adapters: WorkAdapters;
  readonly records: LogRecordDependencies;
  readonly stage: RecordStage;
  /** The queue in which jobs look up other jobs. */
  readonly jobs: JobQueue;
  /** What scans and workers noted of files. */
  readonly index: Pick<FreshnessIndex, 'read'>;
  readonly alerts: AlertIndex;
  readonly watch: Pick<QueueWatch, 'look'>;
  readonly notifiers: readonly Notifier[];
}

export function jobHandlers({
  config,
  adapters,
  records,
  stage,
  jobs,
  index,
  alerts,
  watch,
  notifiers,
}: HandlerSetup): JobHandler<unknown>[] {
  const division = divisionOf(adapters, config);
  const statistics: StatisticsHandlerDependencies = {
    ...exportDependencies(adapters, config),
    records,
    ...(division === undefined ? {} : { division }),
  };
  const statisticsParts =
    division === undefined
      ? undefined
      : {
          ...division,
          duplicateLimit: config['statistics.duplicateLimit'],
          rules: CONSOLE_RULES[config['console.rules']],
        };
  const waiting = () => stage.waiting();
  const monitoring = monitoringDependencies({
    config,
    adapters,
    records: records.sink,
    queue: jobs,
    index,
    alerts,
    waiting,
    watch,
    notifiers,
  });
  const query = queryHandlerDependencies(config, adapters, records);
  return [
    {
      kind: STATISTICS_JOB,
      handle: (payload: StatisticsPayload, context) => handleStatisticsJob(statistics, payload, context),
    },
    {
      kind: STATISTICS_PART_JOB,
      handle: (payload: StatisticsPartPayload, context) => handleStatisticsPart(statisticsParts, payload, context),
    },
    {
      kind: ERRORS_JOB,
      handle: (payload: ErrorsPayload, context) =>
        handleErrorsJob(
          { logs: adapters.logs, store: adapters.store, clock: adapters.clock, records },
          payload,
          context,
        ),
    },
    {
      kind: METADATA_JOB,
      handle: async (payload: MetadataPayload, context) => {
        const longestWaitMs = config['metadata.longestWait'];
        const metadata = { ...(await metadataDependencies(adapters, config)), records, jobs, longestWaitMs };
        return handleMetadataJob(metadata, payload, context);
      },
    },
    {
      kind: MONITORING_JOB,
      handle: (payload: MonitoringPayload, context) => handleMonitoringJob({ ...monitoring, query }, payload, context),
    },
    {
      kind: RECORDS_JOB,
      handle: (payload: RecordsPayload, context) =>
        handleRecordsJob({ stage, sink: adapters.sink, dataset: config.monitoringDataset }, payload, context),
    },
  ];
}
