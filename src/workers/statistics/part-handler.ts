/** The handler for parts of very large tables. */
import type { JobOutcome } from '../../domain/outcome.ts';
import type { JobContext } from '../../ports/job-handler.ts';
import type { StatisticsPartPayload } from '../../jobs/statistics-part-job.ts';
import { ContrailError } from '../../domain/errors.ts';
import { exportPart, type PartDependencies } from './export-part.ts';

/** Exports one part. A warehouse that cannot divide tables has no parts. */
export async function handleStatisticsPart(
  deps: PartDependencies | undefined,
  payload: StatisticsPartPayload,
  context: JobContext,
): Promise<JobOutcome> {
  if (deps === undefined) {
    throw new ContrailError('PAYLOAD_INVALID', 'This part belongs to another warehouse than the configured one.', {
      hint: 'Start the workers with the CONTRAIL_WAREHOUSE and CONTRAIL_BUCKET that the job was made with.',
    });
  }
  const summary = await exportPart(deps, payload, {
    signal: context.signal,
    onProgress: (rows, ofRows) => context.progress(ofRows === 0 ? 1 : rows / ofRows),
  });
  context.log(`${summary.rows} rows, ${summary.bytes} bytes`);
  return { kind: 'part', summary };
}
