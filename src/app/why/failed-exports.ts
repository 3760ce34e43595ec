/** Why the newest export of a statistics file failed, from the run records. */
import { z } from 'zod';

import { ANALYSIS_PERIODS, type AnalysisPeriod } from '../../domain/analysis-period.ts';
import { EXPORT_RUNS_TABLE } from '../../domain/monitoring-tables.ts';
import type { FailedExport, FailedExports } from '../../domain/trace/reason-text.ts';
import { MICROS_PER_MS, MS_PER_DAY, parseTimestamp } from '../../domain/utc-time.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';

const LOOK_BACK_DAYS = 90;
const LIMITS = { rows: 5_000, characters: 2_000 };

const RunRow = z.object({
  finished_at: z.string(),
  product: z.literal('statistics'),
  period: z.enum(ANALYSIS_PERIODS),
  outcome: z.string(),
  error_code: z.string().nullable(),
  error_message: z.string().nullable(),
});

/** By period, for each whose newest run failed. */
export async function failedExports(
  reader: MonitoringReader,
  { experiment, now }: { readonly experiment: string; readonly now: number },
  signal: AbortSignal,
): Promise<FailedExports> {
  const rows = await reader.rows(
    {
      table: EXPORT_RUNS_TABLE,
      columns: Object.keys(RunRow.shape),
      since: { column: 'finished_at', from: (now - LOOK_BACK_DAYS * MS_PER_DAY) * MICROS_PER_MS },
      among: { column: 'experiment', values: [experiment] },
      limits: LIMITS,
    },
    signal,
  );
  const newest = new Map<AnalysisPeriod, { readonly at: number; readonly failed: FailedExport | undefined }>();
  for (const row of rows) {
    const run = RunRow.safeParse(row).data;
    const at = run === undefined ? undefined : parseTimestamp(run.finished_at);
    if (run === undefined || at === undefined || at < (newest.get(run.period)?.at ?? -Infinity)) continue;
    const { outcome, error_code: code, error_message: message } = run;
    newest.set(run.period, {
      at,
      failed: outcome === 'failed' || outcome === 'cancelled' ? { code, message } : undefined,
    });
  }
  return new Map([...newest].flatMap(([period, { failed }]) => (failed === undefined ? [] : [[period, failed]])));
}
