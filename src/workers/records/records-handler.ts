/** Writes a window of staged records into the warehouse, as one batch whose id is made of its content. */
import { createHash } from 'node:crypto';
import { ContrailError, toContrailError } from '../../domain/errors.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import type { JobContext } from '../../jobs/job-handler.ts';
import type { RecordsPayload } from '../../jobs/records-job.ts';
import type { RecordSink } from '../../ports/record-sink.ts';
import type { RecordStage } from '../../ports/record-stage.ts';

export interface RecordsHandlerDependencies {
  readonly stage: RecordStage;
  readonly sink: RecordSink;
}

/** A repeat finds the same rows and gives the same id, so the warehouse takes them once. */
export async function handleRecordsJob(
  { stage, sink }: RecordsHandlerDependencies,
  { table, window }: RecordsPayload,
  { signal, log }: JobContext,
): Promise<JobOutcome> {
  const rows = await stage.take({ table, window });
  if (rows.length === 0) return { kind: 'skipped', reason: 'these records are written' };
  const digest = createHash('sha256')
    .update(JSON.stringify([table, window, rows]))
    .digest('hex');
  const result = await sink.append({ id: digest.slice(0, 32), table, rows }, signal).catch((error: unknown) => {
    throw waiting(error);
  });
  await stage.drop({ table, window });
  log(`${rows.length} rows ${result === 'written' ? 'written' : 'were there already'}`);
  return { kind: 'skipped', reason: `${rows.length} rows of ${table} are written` };
}

/** Whatever keeps the warehouse from taking records, they wait: nobody would make them again. */
function waiting(error: unknown): ContrailError {
  const failure = toContrailError(error);
  if (failure.failureClass === 'transient' || failure.failureClass === 'throttled') return failure;
  return new ContrailError('SERVICE_UNAVAILABLE', `Records wait: ${failure.message}`, {
    cause: error,
    ...(failure.hint === undefined ? {} : { hint: failure.hint }),
  });
}
