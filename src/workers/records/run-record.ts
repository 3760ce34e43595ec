/** A row of `monitoring.export_runs_v1`: an attempt that ended (spec: monitoring, section 10). */
import type { ContrailError } from '../../domain/errors.ts';
import { EXPORT_RUNS_TABLE } from '../../domain/monitoring-tables.ts';
import type { JobOutcome, ReadingUsage, WrittenFacts } from '../../domain/outcome.ts';
import { costOf, type Pricing } from '../../domain/query-cost-price.ts';
import { CONTRAIL_VERSION } from '../../domain/version.ts';
import { recordBatchId } from '../../domain/log-record.ts';
import type { JobProduct } from '../../jobs/job-kind.ts';
import type { RecordBatch, RecordRow } from '../../ports/record-sink.ts';

/** The attempt, whatever ran it. */
export interface RunFacts {
  readonly queue: string;
  readonly jobId: string;
  readonly attempt: number;
  /** Host and process. */
  readonly worker: string;
  readonly product: JobProduct;
  readonly experiment?: string;
  readonly period?: string;
  readonly source?: string;
  /** Milliseconds since 1970. */
  readonly queuedAt?: number;
  readonly finishedAt: number;
  readonly durationMs: number;
}

export type RunEnd =
  | { readonly outcome: JobOutcome }
  /** `final`: failed for good; otherwise it is retried. */
  | { readonly error: ContrailError; readonly final: boolean };

const LONGEST_MESSAGE = 2_000;

/** The row as a batch with the attempt's id, so that a repeated report makes no second row. */
export function runRecordBatch(facts: RunFacts, end: RunEnd, pricing: Pricing): RecordBatch {
  const runId = `${facts.jobId}.${facts.attempt}`;
  const outcome = nameOf(end);
  const id = recordBatchId([EXPORT_RUNS_TABLE, facts.queue, runId, outcome, String(facts.queuedAt ?? '')]);
  return { id, table: EXPORT_RUNS_TABLE, rows: [toRow(facts, end, { runId, outcome, pricing })] };
}

/** The column `outcome`, where a written table counts as published. */
function nameOf(end: RunEnd): string {
  if ('error' in end) return end.error.code === 'CANCELLED' ? 'cancelled' : end.final ? 'failed' : 'retrying';
  return end.outcome.kind === 'written' ? 'published' : end.outcome.kind;
}

interface RowParts {
  readonly runId: string;
  readonly outcome: string;
  readonly pricing: Pricing;
}

function toRow(facts: RunFacts, end: RunEnd, { runId, outcome, pricing }: RowParts): RecordRow {
  return {
    run_id: runId,
    finished_at: new Date(facts.finishedAt).toISOString(),
    started_at: new Date(facts.finishedAt - facts.durationMs).toISOString(),
    queued_at: facts.queuedAt === undefined ? null : new Date(facts.queuedAt).toISOString(),
    queue: facts.queue,
    job_id: facts.jobId,
    attempt: facts.attempt,
    worker: facts.worker,
    product: facts.product,
    experiment: facts.experiment ?? null,
    period: facts.period ?? null,
    outcome,
    ...(facts.source === undefined ? {} : { source: facts.source }),
    ...('error' in end ? failureColumns(end.error, pricing) : outcomeColumns(end.outcome, pricing)),
    duration_ms: Math.round(facts.durationMs),
    contrail_version: CONTRAIL_VERSION,
  };
}

function failureColumns(error: ContrailError, pricing: Pricing): RecordRow {
  return {
    failure_class: error.code === 'JOB_CRASHED' ? 'crash' : error.failureClass,
    error_code: error.code,
    error_message: error.sentence.slice(0, LONGEST_MESSAGE),
    ...usageColumns(error.usage, pricing),
  };
}

function outcomeColumns(outcome: JobOutcome, pricing: Pricing): RecordRow {
  if (outcome.kind === 'written') return writtenColumns(outcome);
  if (outcome.kind !== 'published' && outcome.kind !== 'unchanged') {
    return 'object' in outcome && outcome.object !== undefined ? { object: outcome.object } : {};
  }
  return {
    source: outcome.source,
    source_version: outcome.sourceVersion,
    object: outcome.object,
    generation: outcome.generation ?? null,
    rows: outcome.rows,
    rejected: outcome.rejected,
    dropped: outcome.dropped,
    duplicates: outcome.duplicates,
    warnings: outcome.warnings.length,
    source_rows: outcome.sourceRows ?? null,
    read_ms: outcome.readMs ?? null,
    publish_ms: outcome.publishMs ?? null,
    bytes_written: outcome.kind === 'published' ? outcome.bytes : 0,
    ...usageColumns(outcome.usage, pricing),
  };
}

/** What reading has cost, even if it failed afterwards. */
function usageColumns(usage: ReadingUsage | undefined, pricing: Pricing): RecordRow {
  if (usage === undefined) return {};
  return {
    bytes_read: usage.bytesRead,
    bytes_billed: usage.bytesBilled,
    slot_ms: Math.round(usage.slotMs),
    requests: usage.requests,
    query_ms: Math.round(usage.queryMs),
    price_mode: pricing.mode,
    cost_usd: costOf({ slotMs: usage.slotMs, bytesProcessed: usage.bytesBilled }, pricing),
  };
}

function writtenColumns({ table, rows, rejected, source, sourceVersion }: WrittenFacts): RecordRow {
  const none = { dropped: 0, duplicates: 0, warnings: 0, bytes_written: 0 };
  return { source, source_version: sourceVersion ?? null, object: table, rows, rejected, ...none };
}
