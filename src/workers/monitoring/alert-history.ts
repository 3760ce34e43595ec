/** Earlier alerts from `alerts_v1`. */
import { z } from 'zod';
import type { AlertRow } from '../../alerts/row.ts';
import { ALERTS_TABLE, MONITORING_TABLES } from '../../domain/monitoring-tables.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';
import type { AlertHistory } from './check-alerts.ts';

const OptionalText = z.string().nullable().default(null);
const OptionalNumber = z.number().nullable().default(null);
const Delivery = z.object({
  target: z.string(),
  at: z.string(),
  event: z.enum(['opened', 'resolved']),
  key: z.string(),
});

const AlertRecord = z.object({
  changed_at: z.string(),
  alert_id: z.string(),
  rule: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  subject: z.string(),
  state: z.enum(['open', 'silenced', 'resolved', 'no_data']),
  opened_at: OptionalText,
  last_seen_at: OptionalText,
  resolved_at: OptionalText,
  value: OptionalNumber,
  threshold: OptionalNumber,
  formula: OptionalText,
  summary: OptionalText,
  link: OptionalText,
  silenced_until: OptionalText,
  silence_reason: OptionalText,
  actor: OptionalText,
  notified: z
    .array(Delivery)
    .nullable()
    .default(null)
    .transform((deliveries) => deliveries ?? []),
  wake_above: OptionalNumber,
}) satisfies z.ZodType<AlertRow>;

/** All columns of `alerts_v1`. */
export const ALERT_COLUMNS = (MONITORING_TABLES.get(ALERTS_TABLE) ?? []).map((column) => column.name);

/** A row of `alerts_v1`, or one kept elsewhere; undefined if it is not one. */
export function readAlertRow(value: unknown): AlertRow | undefined {
  return AlertRecord.safeParse(value).data;
}

/** Unreadable rows are left out: rows of other programs must not stop the alerts. */
export function alertHistory(reader: MonitoringReader): AlertHistory {
  return {
    async alerts(signal) {
      const rows = await reader.rows({ table: ALERTS_TABLE, columns: ALERT_COLUMNS }, signal);
      return rows.flatMap((row) => readAlertRow(row) ?? []);
    },
  };
}
