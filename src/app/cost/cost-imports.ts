/** Whether the analysis' costs of a day were imported, and if not, why. */
import { z } from 'zod';
import { EXPORT_RUNS_TABLE } from '../../domain/monitoring-tables.ts';
import { parseTimestamp } from '../../domain/utc-time.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';
import { dailyJobIds } from '../../producer/monitoring-ticks.ts';

export interface CostImport {
  /** `none`: no job has ended that would have imported it. */
  readonly state: 'imported' | 'failed' | 'none';
  /** Why the newest attempt failed. */
  readonly problem?: string;
}

const ImportRun = z.object({
  job_id: z.string(),
  finished_at: z.string(),
  outcome: z.string(),
  error_code: z.string().nullable(),
  error_message: z.string().nullable(),
});
type ImportRun = z.infer<typeof ImportRun>;

/** The imports of these days, from the runs of their jobs. One request. */
export async function costImports(
  reader: MonitoringReader,
  days: readonly string[],
  signal: AbortSignal,
): Promise<(day: string) => CostImport> {
  const values = days.flatMap((day) => dailyJobIds('query-cost', day));
  const columns = Object.keys(ImportRun.shape);
  const rows = await reader.rows({ table: EXPORT_RUNS_TABLE, columns, among: { column: 'job_id', values } }, signal);
  const runs = rows
    .flatMap((row) => ImportRun.safeParse(row).data ?? [])
    .filter(({ outcome }) => outcome === 'published' || outcome === 'failed')
    .toSorted((a, b) => timeOf(b) - timeOf(a));
  return (day) => {
    const ids = dailyJobIds('query-cost', day);
    const newest = runs.find(({ job_id: id }) => ids.includes(id));
    if (newest === undefined) return { state: 'none' };
    if (newest.outcome === 'published') return { state: 'imported' };
    return { state: 'failed', problem: `${newest.error_code ?? 'INTERNAL'}: ${newest.error_message ?? ''}` };
  };
}

function timeOf({ finished_at: finished }: ImportRun): number {
  return parseTimestamp(finished) ?? 0;
}
