/** The handler of metadata jobs: waits for the experiment's results, then exports. */
import type { AnalysisSource } from '../../domain/analysis-start.ts';
import { groupBy } from '../../domain/group-by.ts';
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
  /** The queues of the jobs to wait for. */
  readonly jobs: Pick<JobQueue, 'find'>;
  /** Maximum wait since the metadata job was enqueued, milliseconds. */
  readonly longestWaitMs: number;
}

const FIRST_LOOK_MS = 1_000;
const LONGEST_LOOK_MS = 30_000;

/** Exports, or snoozes while the experiment's results are being exported. */
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
    return { kind: 'snoozed', reason: 'waiting for results of the experiment', delayMs };
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

/** The results at planning; newer ones are exported first by jobs of their own. */
function resultsOf({
  analysisStart,
  analysisChanges = [],
  analysisContent,
}: MetadataPayload): AnalysisSource | undefined {
  if (analysisContent !== undefined) return { kind: 'content', digest: analysisContent };
  if (analysisStart === undefined) return undefined;
  const micros = analysisStart === null ? undefined : parseTimestamp(analysisStart);
  return micros === undefined
    ? { kind: 'none' }
    : { kind: 'time', start: micros / MICROS_PER_MS, changes: analysisChanges };
}

async function isAnyOnItsWay(
  jobs: Pick<JobQueue, 'find'>,
  { after = [] }: MetadataPayload,
  signal: AbortSignal,
): Promise<boolean> {
  for (const [queue, ofQueue] of groupBy(after, (job) => job.queue)) {
    const ids = ofQueue.map((job) => job.id);
    const found = await jobs.find(queue, ids, signal);
    if (found.some(({ state }) => state !== 'completed' && state !== 'failed')) return true;
  }
  return false;
}
