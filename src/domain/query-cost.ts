/** Rows of `query_cost_v1`: the cost of a day's analysis queries (spec: monitoring, section 5). */
import { parseCostTableName } from './query-cost-name.ts';
import { costOf, type Pricing } from './query-cost-price.ts';
import { dateText, MICROS_PER_MINUTE, parseTimestamp, timestampText } from './utc-time.ts';

/** A job of the warehouse's history, with the names of `INFORMATION_SCHEMA.JOBS_BY_PROJECT`; times are ISO text. */
export interface WarehouseJob {
  readonly creation_time: string;
  readonly start_time: string | null;
  readonly end_time: string | null;
  readonly destination_table: { readonly dataset_id: string; readonly table_id: string } | null;
  readonly query: string | null;
  readonly error_result: { readonly reason: string | null; readonly message: string | null } | null;
  readonly total_bytes_processed: number | null;
  readonly total_slot_ms: number | null;
}

/** The columns in the table's order. */
export type QueryCostRow = {
  readonly submission_timestamp: string;
  readonly destination_table: string;
  readonly experiment_slug: string | null;
  readonly query: string | null;
  readonly duration_minutes: number | null;
  readonly error_reason: string | null;
  readonly error_message: string | null;
  readonly total_bytes_processed: number | null;
  readonly total_slot_ms: number;
  readonly cost_usd: number | null;
};

export interface QueryCostSelection {
  /** `2026-01-14`, in UTC. */
  readonly day: string;
  /** The dataset of the analysis: `mozanalysis`. */
  readonly dataset: string;
  readonly pricing: Pricing;
}

/** Jobs must take longer than this. Production calls it 0.001 USD, but it is 0.00006 USD; we keep it (spec). */
const LEAST_SLOT_MS = 3600;

/** The rows of one day, by time. Includes failed jobs and load jobs, but not jobs without a destination in the dataset. */
export function queryCostRows(jobs: Iterable<WarehouseJob>, selection: QueryCostSelection): QueryCostRow[] {
  const rows: { readonly micros: number; readonly row: QueryCostRow }[] = [];
  for (const job of jobs) {
    const micros = parseTimestamp(job.creation_time);
    const table = job.destination_table;
    if (micros === undefined || dateText(micros) !== selection.day || table?.dataset_id !== selection.dataset) continue;
    if (job.total_slot_ms === null || job.total_slot_ms <= LEAST_SLOT_MS) continue;
    const facts = { micros, table: table.table_id, slotMs: job.total_slot_ms };
    rows.push({ micros, row: costRow(job, facts, selection.pricing) });
  }
  rows.sort((a, b) => a.micros - b.micros || (a.row.destination_table < b.row.destination_table ? -1 : 1));
  return rows.map(({ row }) => row);
}

function costRow(
  job: WarehouseJob,
  { micros, table, slotMs }: { micros: number; table: string; slotMs: number },
  pricing: Pricing,
): QueryCostRow {
  return {
    submission_timestamp: timestampText(micros),
    destination_table: table,
    experiment_slug: parseCostTableName(table).slug,
    query: job.query,
    duration_minutes: wholeMinutes(job.start_time, job.end_time),
    error_reason: job.error_result?.reason ?? null,
    error_message: job.error_result?.message ?? null,
    total_bytes_processed: job.total_bytes_processed,
    total_slot_ms: slotMs,
    cost_usd: costOf({ slotMs, bytesProcessed: job.total_bytes_processed }, pricing),
  };
}

function wholeMinutes(start: string | null, end: string | null): number | null {
  const from = start === null ? undefined : parseTimestamp(start);
  const to = end === null ? undefined : parseTimestamp(end);
  return from === undefined || to === undefined ? null : Math.trunc((to - from) / MICROS_PER_MINUTE);
}
