/** Records every ended attempt as a row of `export_runs_v1`, and each failed one as an ERROR in `logs`. */
import { errorText } from '../../domain/errors.ts';
import { attemptParts } from '../../domain/log-record.ts';
import type { Pricing } from '../../domain/query-cost-price.ts';
import type { JobSubject } from '../../jobs/job-kind.ts';
import { subjectOf } from '../../jobs/job-kinds.ts';
import { STATISTICS_PART_JOB } from '../../jobs/statistics-part-job.ts';
import type { AttemptFacts, FailureEvent, OutcomeEvent } from '../../queue/worker-events.ts';
import { type RunEnd, type RunFacts, runRecordBatch } from '../../workers/records/run-record.ts';
import { type LogRecordDependencies, writeLogRecords } from '../../workers/records/write-log-records.ts';
import { eventOfFailure } from '../../workers/publish/events.ts';

export interface Recording extends LogRecordDependencies {
  /** Host and process. */
  readonly worker: string;
  readonly pricing: Pricing;
}

export async function recordOutcome(recording: Recording, event: OutcomeEvent): Promise<void> {
  await recordRun(recording, event, { outcome: event.outcome });
}

export async function recordFailure(recording: Recording, event: FailureEvent): Promise<void> {
  const { error, final, queue } = event;
  const subject = subjectOfRun(event);
  if (subject === undefined) return;
  const work = [queue, ...attemptParts(event), 'failure'];
  // Both start before either is awaited, so a killed worker leaves both or none.
  await Promise.all([
    recordRun(recording, event, { error, final }),
    // A cancelled export has no error to report.
    ...(error.code === 'CANCELLED' ? [] : [writeLogRecords(recording, work, [eventOfFailure(error, subject)])]),
  ]);
}

/** Runs are listed by their subject; jobs without one have no row. */
async function recordRun(recording: Recording, event: AttemptFacts, end: RunEnd): Promise<void> {
  const subject = subjectOfRun(event);
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
    await recording.sink.append(runRecordBatch(facts, end, recording.pricing), recording.clock.timeout(15_000));
  } catch (error) {
    recording.log.error({ problem: errorText(error), run: facts }, 'a run could not be recorded');
  }
}

/** Parts are included in the run of the whole job. */
function subjectOfRun({ queue, payload }: AttemptFacts): JobSubject | undefined {
  return queue === STATISTICS_PART_JOB.queue ? undefined : subjectOf(queue, payload);
}
