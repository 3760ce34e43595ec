/** The handler of metadata jobs: waits for the experiment's results, then exports (design, section 5). */
import type { AnalysisSource } from '../../domain/analysis-start.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import { MICROS_PER_MS, parseTimestamp } from '../../domain/utc-time.ts';
import type { JobContext } from '../../ports/job-handler.ts';
import type { MetadataPayload } from '../../jobs/metadata-job.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import { reportOutcome } from '../publish/report-outcome.ts';
import type { LogRecordDependencies } from '../records/write-log-records.ts';
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
  const { experiment, force } = payload;
  const results = resultsOf(payload);
  const { waitedMs } = context;
  if (waitedMs < deps.longestWaitMs && (await isAnyOnItsWay(deps.jobs, payload, context.signal))) {
    const delayMs = Math.min(Math.max(FIRST_LOOK_MS, waitedMs / 4), LONGEST_LOOK_MS);
    return { kind: 'snoozed', reason: 'results of the experiment are on their way', delayMs };
  }
  const published = await exportMetadata(deps, {
    experiment,
    force,
    ...(results === undefined ? {} : { results }),
    job: context.jobId,
    signal: context.signal,
  });
  return reportOutcome(deps.records, { product: 'metadata', context }, published);
}

/** The results that planning saw: newer ones are exported first, and have a job of their own. */
function resultsOf({ analysisStart, analysisContent }: MetadataPayload): AnalysisSource | undefined {
  if (analysisContent !== undefined) return { kind: 'content', digest: analysisContent };
  if (analysisStart === undefined) return undefined;
  const micros = analysisStart === null ? undefined : parseTimestamp(analysisStart);
  return micros === undefined ? { kind: 'none' } : { kind: 'time', start: micros / MICROS_PER_MS };
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
