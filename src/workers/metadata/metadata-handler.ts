/** The handler of metadata jobs: waits for the experiment's results, then exports (design, section 5). */
import type { LogEvent } from '../../domain/log-record.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import type { JobContext } from '../../jobs/job-handler.ts';
import type { MetadataPayload } from '../../jobs/metadata-job.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import { describeOutcome } from '../publish/describe-outcome.ts';
import { type LogRecordDependencies, writeLogRecords } from '../records/write-log-records.ts';
import { exportMetadata, type MetadataDependencies } from './export-metadata.ts';

export interface MetadataHandlerDependencies extends MetadataDependencies {
  readonly records: LogRecordDependencies;
  /** Where the jobs are that are to end first. */
  readonly jobs: Pick<JobQueue, 'find'>;
  /** How long they are waited for, from when the metadata was asked for, in milliseconds. */
  readonly longestWaitMs: number;
}

const FIRST_LOOK_MS = 1_000;
const LONGEST_LOOK_MS = 30_000;

/** Does one job, or puts it off while results of its experiment are on their way. */
export async function handleMetadataJob(
  deps: MetadataHandlerDependencies,
  payload: MetadataPayload,
  context: JobContext,
): Promise<JobOutcome> {
  const { experiment, force, analysisStart } = payload;
  const waited = deps.clock.now() - context.enqueuedAt;
  if (waited < deps.longestWaitMs && (await isAnyOnItsWay(deps.jobs, payload, context.signal))) {
    const delayMs = Math.min(Math.max(FIRST_LOOK_MS, waited / 4), LONGEST_LOOK_MS);
    return { kind: 'snoozed', reason: 'results of the experiment are on their way', delayMs };
  }
  const outcome = await exportMetadata(deps, {
    experiment,
    force,
    ...(analysisStart === undefined ? {} : { analysisStart }),
    job: context.jobId,
    signal: context.signal,
  });
  context.log(describeOutcome(outcome));
  const events = eventsOfMetadata(experiment, outcome);
  await writeLogRecords(deps.records, ['metadata', context.jobId, String(context.attempt)], events);
  return outcome;
}

/** A WARNING for each oddity. */
export function eventsOfMetadata(experiment: string, outcome: JobOutcome): LogEvent[] {
  if (outcome.kind !== 'published' && outcome.kind !== 'unchanged') return [];
  const at = { file: 'export-metadata.ts', function: 'exportMetadata' };
  return outcome.warnings.map(({ message }) => ({ experiment, message, level: 'WARNING', at }));
}

async function isAnyOnItsWay(
  jobs: Pick<JobQueue, 'find'>,
  { after = [] }: MetadataPayload,
  signal: AbortSignal,
): Promise<boolean> {
  for (const queue of new Set(after.map((job) => job.queue))) {
    const ids = after.filter((job) => job.queue === queue).map((job) => job.id);
    const found = await jobs.find(queue, ids, signal);
    if (found.some(({ state }) => state !== 'completed' && state !== 'failed')) return true;
  }
  return false;
}
