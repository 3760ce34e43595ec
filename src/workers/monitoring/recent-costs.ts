/** The costs of queries and runs in the last 30 days, for the alert rules. */
import { z } from 'zod';
import type { CostedQuery, CostedRun } from '../../alerts/inputs.ts';
import { EXPORT_RUNS_TABLE, QUERY_COST_TABLE } from '../../domain/monitoring-tables.ts';
import { type DescribedTable, ExperimentsByTable } from '../../domain/query-cost-name.ts';
import { MICROS_PER_MS, MS_PER_DAY, parseTimestamp } from '../../domain/utc-time.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';

const LOOK_BACK_DAYS = 30;

const QueryRow = z.object({ submission_timestamp: z.string(), destination_table: z.string(), cost_usd: z.number() });
const RunRow = z.object({
  finished_at: z.string(),
  product: z.string(),
  experiment: z.string().nullable(),
  period: z.string().nullable(),
  cost_usd: z.number(),
});

export interface QueriesRequest {
  readonly slugs: readonly string[];
  /** The listed tables, whose descriptions tell whose they are; names tell of those that are gone. */
  readonly tables: readonly DescribedTable[];
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Rows without a cost are left out. Times in milliseconds since 1970. */
export async function recentQueries(
  reader: MonitoringReader,
  { slugs, tables, now, signal }: QueriesRequest,
): Promise<CostedQuery[]> {
  const since = { column: 'submission_timestamp', from: earliest(now) };
  const columns = Object.keys(QueryRow.shape);
  const rows = await reader.rows({ table: QUERY_COST_TABLE, columns, since }, signal);
  const experiments = new ExperimentsByTable(slugs, tables);
  return rows.flatMap((row) => {
    const parsed = QueryRow.safeParse(row).data;
    if (parsed === undefined) return [];
    const { destination_table: table, cost_usd: costUsd } = parsed;
    const submittedAt = timeOf(parsed.submission_timestamp);
    return [{ submittedAt, table, experiment: experiments.find(table) ?? null, costUsd }];
  });
}

export async function recentRuns(reader: MonitoringReader, now: number, signal: AbortSignal): Promise<CostedRun[]> {
  const since = { column: 'finished_at', from: earliest(now) };
  const columns = Object.keys(RunRow.shape);
  const rows = await reader.rows({ table: EXPORT_RUNS_TABLE, columns, since }, signal);
  return rows.flatMap((row) => {
    const parsed = RunRow.safeParse(row).data;
    if (parsed === undefined) return [];
    const { finished_at: finished, cost_usd: costUsd, ...run } = parsed;
    return [{ ...run, finishedAt: timeOf(finished), costUsd }];
  });
}

function earliest(now: number): number {
  return (now - LOOK_BACK_DAYS * MS_PER_DAY) * MICROS_PER_MS;
}

function timeOf(text: string): number {
  return (parseTimestamp(text) ?? 0) / MICROS_PER_MS;
}
