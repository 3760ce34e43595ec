/** The text of alert messages. A check sends each target one message, so that many alerts make no flood. */
import type { Notification } from './notification.ts';
import { groupBy } from '../domain/group-by.ts';
import type { AlertSeverity } from './rule.ts';
import { namesText, pluralText } from './text.ts';

export interface AlertMessage {
  /** `2 alerts opened, 1 resolved` */
  readonly title: string;
  /** Worst first; one line per rule. */
  readonly lines: readonly MessageLine[];
  /** Single alerts, as many as fit. */
  readonly alerts: readonly MessageAlert[];
  /** Number of alerts, including those that did not fit. */
  readonly count: number;
}

export interface MessageLine {
  readonly event: Notification['event'];
  readonly severity: AlertSeverity;
  readonly text: string;
  /** Path of the page with details. */
  readonly link: string | null;
}

export type MessageAlert = {
  readonly event: Notification['event'];
  readonly id: string;
  readonly rule: string;
  readonly product: string;
  readonly severity: AlertSeverity;
  readonly subject: string;
  readonly summary: string;
  readonly formula: string;
  readonly opened_at: string | null;
  readonly resolved_at: string | null;
  /** Path of the page with details. */
  readonly link: string | null;
};

const MOST_ALERTS = 100;
const SEVERITY_ORDER: readonly AlertSeverity[] = ['critical', 'warning', 'info'];

/** One message from all notifications for one target. */
export function buildAlertMessage(notifications: readonly Notification[]): AlertMessage {
  const sorted = [...notifications].sort((a, b) => orderOf(a) - orderOf(b) || compareIds(a, b));
  const groups = [...groupBy(sorted, ({ event, rule, row }) => [event, row.severity, rule.id].join()).values()];
  return {
    title: titleOf(sorted),
    lines: groups.flatMap(lineOf),
    alerts: sorted.slice(0, MOST_ALERTS).map(messageAlert),
    count: sorted.length,
  };
}

function titleOf(notifications: readonly Notification[]): string {
  const opened = notifications.filter(({ event }) => event === 'opened').length;
  const resolved = notifications.length - opened;
  const parts = [
    opened === 0 ? '' : `${pluralText(opened, 'alert')} opened`,
    resolved === 0 ? '' : `${opened === 0 ? pluralText(resolved, 'alert') : String(resolved)} resolved`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function lineOf(group: readonly Notification[]): MessageLine[] {
  const [first] = group;
  if (first === undefined) return [];
  const { event, rule, row } = first;
  const label = `${rule.id} ${rule.title} (${rule.product})`;
  const subjects = namesText(group.map((notification) => notification.row.subject));
  const detail =
    group.length === 1 && event === 'opened' ? `${row.summary ?? subjects} ${row.formula ?? ''}` : subjects;
  const many = group.length === 1 ? '' : `${group.length} × `;
  const text = `${event === 'resolved' ? 'Resolved: ' : ''}${many}${label}: ${detail.trim()}`;
  return [{ event, severity: row.severity, text, link: group.length === 1 ? row.link : null }];
}

function messageAlert({ event, rule, row }: Notification): MessageAlert {
  return {
    event,
    id: row.alert_id,
    rule: rule.id,
    product: rule.product,
    severity: row.severity,
    subject: row.subject,
    summary: row.summary ?? '',
    formula: row.formula ?? '',
    opened_at: row.opened_at,
    resolved_at: row.resolved_at,
    link: row.link,
  };
}

/** Opened before resolved, worse before better. */
function orderOf({ event, row }: Notification): number {
  return (event === 'opened' ? 0 : SEVERITY_ORDER.length) + SEVERITY_ORDER.indexOf(row.severity);
}

function compareIds(a: Notification, b: Notification): number {
  return a.row.alert_id < b.row.alert_id ? -1 : 1;
}
