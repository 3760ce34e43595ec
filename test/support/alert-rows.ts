/** Rows of alerts for tests. */
import { alertId, type AlertRow } from '../../src/alerts/row.ts';
import { NOW } from './alert-world.ts';

/** An open alert about `my-slug`, opened an hour ago. */
export function alertRow(parts: Partial<AlertRow> = {}): AlertRow {
  const { rule = 'M1', subject = 'my-slug' } = parts;
  return {
    changed_at: '2026-01-15T11:30:00Z',
    alert_id: alertId(rule, subject, NOW - 3_600_000),
    rule,
    severity: 'critical',
    subject,
    state: 'open',
    opened_at: '2026-01-15T11:00:00Z',
    last_seen_at: '2026-01-15T11:30:00Z',
    resolved_at: null,
    value: 0.2,
    threshold: 0.1,
    formula: '20 / 100 = 20% > 10%',
    summary: `${subject}: 20% of enrolled clients have unenrolled, mostly because of unknown.`,
    link: null,
    silenced_until: null,
    silence_reason: null,
    actor: null,
    notified: [],
    wake_above: null,
    ...parts,
  };
}
