/** The log rows of an experiment since its analysis began. */
import { z } from 'zod';
import { LOGS_TABLE } from '../../domain/log-record.ts';
import { beyond, cutRows, TRACE_LOGS_LIMITS, whatWasCut } from '../../domain/row-limits.ts';
import type { TracedLog } from '../../domain/trace/inputs.ts';
import { floorTo, MICROS_PER_MINUTE, parseTimestamp } from '../../domain/utc-time.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';

const Text = z.string().nullable();
const LogRow = z.object({
  timestamp: z.string(),
  experiment: Text,
  message: Text,
  log_level: Text,
  filename: Text,
  func_name: Text,
  exception_type: Text,
  source: Text,
  metric: Text,
  analysis_basis: Text,
  segment: Text,
  analysis_period: Text,
});

export interface ReadLogs {
  readonly logs: readonly TracedLog[];
  /** What was cut, if there were too many or too long rows. */
  readonly warning: string | undefined;
}

export interface LogsRequest {
  readonly experiment: string;
  /** ISO text; null: unknown, all rows count. */
  readonly analysisStart: string | null;
}

/** Rows without a time are left out. */
export async function readLogs(
  reader: MonitoringReader,
  { experiment, analysisStart }: LogsRequest,
  signal: AbortSignal,
): Promise<ReadLogs> {
  const start = analysisStart === null ? undefined : parseTimestamp(analysisStart);
  const request = {
    table: LOGS_TABLE,
    columns: Object.keys(LogRow.shape),
    since: { column: 'timestamp', from: start === undefined ? 0 : floorTo(start, MICROS_PER_MINUTE) },
    among: { column: 'experiment', values: [experiment] },
    limits: beyond(TRACE_LOGS_LIMITS),
  };
  const cut = cutRows(await reader.rows(request, signal), TRACE_LOGS_LIMITS);
  const logs = cut.rows.flatMap((row) => LogRow.safeParse(row).data ?? []);
  return { logs, warning: whatWasCut(LOGS_TABLE, cut, TRACE_LOGS_LIMITS) };
}
