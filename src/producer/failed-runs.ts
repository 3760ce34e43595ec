/**
 * Failures of the newest source, from `export_runs_v1`. They outlive the queue: its finished jobs expire, can be removed on
 * the board, and are gone with a lost Redis.
 */
import { z } from 'zod';
import { EXPORT_RUNS_TABLE } from '../domain/monitoring-tables.ts';
import { MICROS_PER_MS, MS_PER_DAY, parseTimestamp } from '../domain/utc-time.ts';
import type { MonitoringReader } from '../ports/monitoring-reader.ts';
import type { DueFile } from './product-plan.ts';

export interface FailedRun {
  readonly code: string;
  readonly message: string;
  readonly attempts: number;
}

export interface RunHistory {
  readonly reader: MonitoringReader;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** How far back to look for failures, or to the change of the source if that is longer ago. */
const LOOK_BACK_DAYS = 180;

const OptionalText = z.string().nullable();
const RunRow = z.object({
  queue: z.string(),
  job_id: z.string(),
  finished_at: z.string(),
  attempt: z.number(),
  outcome: z.string(),
  error_code: OptionalText,
  error_message: OptionalText,
});
type RunRow = z.infer<typeof RunRow>;

/** The failure of the newest run of each file, if it failed for good. One request; none without due files. */
export async function failedRuns(
  { reader, now }: RunHistory,
  due: readonly DueFile[],
  signal: AbortSignal,
): Promise<(file: DueFile) => FailedRun | undefined> {
  if (due.length === 0) return () => undefined;
  const earliest = due.reduce(
    (first, file) => Math.min(first, file.changedAt ?? now),
    now - LOOK_BACK_DAYS * MS_PER_DAY,
  );
  const rows = await reader.rows(
    {
      table: EXPORT_RUNS_TABLE,
      columns: Object.keys(RunRow.shape),
      since: { column: 'finished_at', from: earliest * MICROS_PER_MS },
      among: { column: 'job_id', values: due.map((file) => file.jobId()) },
    },
    signal,
  );
  const newest = newestRuns(rows.flatMap((row) => RunRow.safeParse(row).data ?? []));
  return (file) => {
    const run = newest.get(keyOf(file.queue, file.jobId()));
    if (run?.outcome !== 'failed' && run?.outcome !== 'cancelled') return undefined;
    return { code: run.error_code ?? 'unknown', message: run.error_message ?? '', attempts: run.attempt };
  };
}

/** Ignores runs that decide nothing: those that were retried or snoozed. */
function newestRuns(rows: readonly RunRow[]): Map<string, RunRow> {
  const newest = new Map<string, RunRow>();
  for (const row of rows) {
    if (row.outcome === 'retrying' || row.outcome === 'snoozed') continue;
    const key = keyOf(row.queue, row.job_id);
    const known = newest.get(key);
    if (known === undefined || timeOf(row) >= timeOf(known)) newest.set(key, row);
  }
  return newest;
}

function timeOf({ finished_at: finished }: RunRow): number {
  return parseTimestamp(finished) ?? 0;
}

function keyOf(queue: string, jobId: string): string {
  return `${queue} ${jobId}`;
}
