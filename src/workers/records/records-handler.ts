/**
 * Writes a window of staged records into the warehouse as one batch whose id is the window's. A closed window never
 * changes, so a repetition writes nothing twice. If the warehouse refuses some rows, the others are written and the
 * refused ones set aside.
 */
import { ContrailError, toContrailError } from '../../domain/errors.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import type { JobContext } from '../../ports/job-handler.ts';
import type { RecordsPayload } from '../../jobs/records-job.ts';
import type { RecordBatch, RecordRow, RecordSink } from '../../ports/record-sink.ts';
import type { RecordStage, RefusedRecord, StageWindow } from '../../ports/record-stage.ts';

export interface RecordsHandlerDependencies {
  readonly stage: Pick<RecordStage, 'take' | 'drop' | 'setAside'>;
  readonly sink: Pick<RecordSink, 'append'>;
  /** The dataset of the tables, for outcomes: `monitoring`. */
  readonly dataset: string;
}

/** Most characters of a refused row that are kept. */
const LONGEST_ROW = 8_000;
const LONGEST_REASON = 1_000;

/** The id for writing a whole window. */
export function windowBatchId({ window }: StageWindow): string {
  return window;
}

export async function handleRecordsJob(
  { stage, sink, dataset }: RecordsHandlerDependencies,
  { table, window }: RecordsPayload,
  { signal, log }: JobContext,
): Promise<JobOutcome> {
  const rows = await stage.take({ table, window });
  if (rows.length > 0) {
    const refused = await writeOrRefuse(sink, { id: windowBatchId({ table, window }), table, rows }, signal);
    await stage.setAside(refused);
    if (refused.length > 0) log(`${refused.length} rows are refused: ${refused[0]?.reason ?? ''}`);
    const written = rows.length - refused.length;
    log(`${written} rows written`);
    await stage.drop({ table, window });
    return {
      kind: 'written',
      table: `${dataset}.${table}`,
      rows: written,
      rejected: refused.length,
      source: `window ${window}`,
    };
  }
  await stage.drop({ table, window });
  return { kind: 'skipped', reason: 'these records were written before' };
}

/** Halves a refused batch until the bad rows are alone, and returns them. */
async function writeOrRefuse(
  sink: Pick<RecordSink, 'append'>,
  batch: RecordBatch,
  signal: AbortSignal,
): Promise<RefusedRecord[]> {
  const failure = await failureOf(sink, batch, signal);
  if (failure === undefined) return [];
  const { rows } = batch;
  if (rows.length === 1) return rows.map((row, index) => toRefused(batch, row, { index, failure }));
  const middle = Math.ceil(rows.length / 2);
  const first = await writeOrRefuse(sink, { ...batch, id: `${batch.id}a`, rows: rows.slice(0, middle) }, signal);
  const second = await writeOrRefuse(sink, { ...batch, id: `${batch.id}b`, rows: rows.slice(middle) }, signal);
  return [...first, ...second];
}

/** Why the batch can never be written. Throws any other error: then the records wait. */
async function failureOf(
  sink: Pick<RecordSink, 'append'>,
  batch: RecordBatch,
  signal: AbortSignal,
): Promise<ContrailError | undefined> {
  try {
    await sink.append(batch, signal);
    return undefined;
  } catch (error) {
    if (error instanceof ContrailError && error.code === 'RECORDS_REFUSED') return error;
    throw waiting(error);
  }
}

function toRefused(
  { id, table }: RecordBatch,
  row: RecordRow,
  { index, failure }: { readonly index: number; readonly failure: ContrailError },
): RefusedRecord {
  return {
    id: `${table}.${id}.${index}`,
    table,
    reason: failure.message.slice(0, LONGEST_REASON),
    row: JSON.stringify(row).slice(0, LONGEST_ROW),
  };
}

/** Records always wait for the warehouse, because nobody would make them again. */
function waiting(error: unknown): ContrailError {
  const failure = toContrailError(error);
  if (failure.failureClass === 'transient' || failure.failureClass === 'throttled') return failure;
  return new ContrailError('SERVICE_UNAVAILABLE', `Records wait: ${failure.message}`, {
    cause: error,
    ...(failure.hint === undefined ? {} : { hint: failure.hint }),
  });
}
