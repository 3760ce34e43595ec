/** Every attempt that ended is a row of `export_runs_v1`, and each failed one an ERROR in `logs`. */
import { errorText } from '../../domain/errors.ts';
import { attemptParts } from '../../domain/log-record.ts';
import type { Pricing } from '../../domain/query-cost-price.ts';
import { deadline } from '../../domain/wait.ts';
import { ERRORS_JOB, ErrorsPayload } from '../../jobs/errors-job.ts';
import { METADATA_JOB, MetadataPayload } from '../../jobs/metadata-job.ts';
import { MONITORING_JOB, MonitoringPayload } from '../../jobs/monitoring-job.ts';
import { STATISTICS_JOB, StatisticsPayload } from '../../jobs/statistics-job.ts';
import type { AttemptFacts, FailureEvent, OutcomeEvent } from '../../queue/worker-events.ts';
import { type RunEnd, type RunFacts, runRecordBatch } from '../../workers/records/run-record.ts';
import { type LogRecordDependencies, writeLogRecords } from '../../workers/records/write-log-records.ts';
import { eventOfFailure } from '../../workers/statistics/export-events.ts';

export interface Recording extends LogRecordDependencies {
  /** Host and process. */
  readonly worker: string;
  readonly pricing: Pricing;
}

export async function recordOutcome(recording: Recording, event: OutcomeEvent): Promise<void> {
  await recordRun(recording, event, { outcome: event.outcome });
}

export async function recordFailure(recording: Recording, event: FailureEvent): Promise<void> {
  const { error, final, queue, payload } = event;
  const subject = subjectOf(queue, payload);
  if (subject === undefined) return;
  const work = [queue, ...attemptParts(event), 'failure'];
  // Both are under way before either is waited for, so a worker that is killed leaves both or none.
  await Promise.all([
    recordRun(recording, event, { error, final }),
    writeLogRecords(recording, work, [eventOfFailure(error, subject)]),
  ]);
}

/** A run is known by what it is about; jobs that are about no product have no row. */
async function recordRun(recording: Recording, event: AttemptFacts, end: RunEnd): Promise<void> {
  const subject = subjectOf(event.queue, event.payload);
  if (subject === undefined) return;
  const facts: RunFacts = {
    queue: event.queue,
    jobId: event.jobId,
    attempt: event.attempt,
    worker: recording.worker,
    ...subject,
    queuedAt: event.enqueuedAt,
    finishedAt: recording.clock.now(),
    durationMs: event.durationMs,
  };
  try {
    await recording.sink.append(runRecordBatch(facts, end, recording.pricing), deadline(15_000));
  } catch (error) {
    recording.log.error({ problem: errorText(error), run: facts }, 'a run could not be recorded');
  }
}

interface Subject extends Pick<RunFacts, 'product'> {
  readonly experiment?: string;
  readonly period?: string;
}

/** Sample ratios belong to the alerts: they are what one of them is made of. */
const PRODUCT_OF: Readonly<Record<MonitoringPayload['task'], Subject['product']>> = {
  'import-experiments': 'experiments',
  'query-cost': 'query_cost',
  'sample-ratio': 'alerts',
  'check-alerts': 'alerts',
};

/** What a job is about, as far as its payload is what it should be. */
function subjectOf(queue: string, payload: unknown): Subject | undefined {
  switch (queue) {
    case STATISTICS_JOB.queue: {
      const parsed = StatisticsPayload.safeParse(payload).data;
      return parsed && { product: 'statistics', experiment: parsed.experiment, period: parsed.period };
    }
    case METADATA_JOB.queue: {
      const parsed = MetadataPayload.safeParse(payload).data;
      return parsed && { product: 'metadata', experiment: parsed.experiment };
    }
    case ERRORS_JOB.queue: {
      const parsed = ErrorsPayload.safeParse(payload).data;
      return parsed && { product: 'errors', experiment: parsed.experiment };
    }
    case MONITORING_JOB.queue: {
      const parsed = MonitoringPayload.safeParse(payload).data;
      const product = parsed === undefined ? undefined : PRODUCT_OF[parsed.task];
      return product && { product };
    }
    default:
      return undefined;
  }
}
