/** The columns of the monitoring tables (spec: monitoring, section 1). */
import { LOGS_TABLE } from './log-record.ts';

export interface MonitoringColumn {
  readonly name: string;
  readonly type: 'STRING' | 'INT64' | 'FLOAT64' | 'TIMESTAMP';
}

const LOG_TEXTS = [
  'experiment',
  'message',
  'log_level',
  'exception',
  'filename',
  'func_name',
  'exception_type',
  'source',
  'metric',
  'statistic',
  'analysis_basis',
  'segment',
  'analysis_period',
] as const;

/** By bare table name; columns in the order of the table. */
export const MONITORING_TABLES: ReadonlyMap<string, readonly MonitoringColumn[]> = new Map([
  [
    LOGS_TABLE,
    [
      { name: 'timestamp', type: 'TIMESTAMP' as const },
      ...LOG_TEXTS.map((name) => ({ name, type: 'STRING' as const })),
    ],
  ],
]);
