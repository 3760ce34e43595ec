/**
 * Which messages to send. Decided from the rows instead of from changes, so that a message that failed is sent at the next
 * check, and one that was recorded as sent is never sent again.
 */
import { type AlertEvent, type AlertRow, alertKey, changeTime, type Delivery, timeOf, timeText } from './row.ts';
import type { RuleFacts } from './rule.ts';
import type { SteppedAlert } from './state.ts';
import { groupBy } from '../domain/group-by.ts';
import { MS_PER_DAY } from '../domain/utc-time.ts';

export interface Notification {
  /** The name of the target in the settings. */
  readonly target: string;
  readonly event: AlertEvent;
  readonly key: string;
  readonly row: AlertRow;
  readonly rule: RuleFacts;
}

export interface DueRequest {
  readonly alerts: readonly SteppedAlert[];
  /** The newest row of each alert before the step, for rules that send only once. */
  readonly previous: readonly AlertRow[];
  /** The rules that were evaluated. */
  readonly rules: readonly RuleFacts[];
  readonly targets: readonly string[];
  readonly now: number;
}

type ToldAlert = Pick<SteppedAlert, 'row' | 'rule' | 'changeKey'>;

/** A resolved alert is still reported this long, if its message failed. */
const RESOLVED_FOR_MS = MS_PER_DAY;

/** The messages to send to each target. */
export function dueNotifications({ alerts, previous, rules, targets, now }: DueRequest): Notification[] {
  const earlier = groupBy(previous, alertKey);
  const late = previous.filter((row) => row.state === 'resolved' && timeOf(row.resolved_at) > now - RESOLVED_FOR_MS);
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const stepped = new Set(alerts.map(({ row }) => row.alert_id));
  const resolvedBefore = late.flatMap((row) => {
    const rule = byId.get(row.rule);
    return rule === undefined || stepped.has(row.alert_id) ? [] : [{ row, rule, changeKey: null }];
  });
  return targets.flatMap((target) =>
    [...alerts, ...resolvedBefore].flatMap((alert: ToldAlert) =>
      dueFor(target, alert, earlier.get(alertKey(alert.row)) ?? []),
    ),
  );
}

/** The rows to write: those that changed, and those with a new message, with the sent messages added. */
export function withDeliveries(
  alerts: readonly SteppedAlert[],
  sent: readonly Notification[],
  now: number,
): AlertRow[] {
  const deliveries = groupBy(sent, (notification) => notification.row.alert_id);
  const known = new Set(alerts.map(({ row }) => row.alert_id));
  const others = sent.filter(({ row }) => !known.has(row.alert_id)).map(({ row }) => row);
  const rows = [...alerts, ...others.map((row) => ({ row, isChanged: false }))];
  const unique = new Map(rows.map((entry) => [entry.row.alert_id, entry]));
  return [...unique.values()].flatMap(({ row, isChanged }) => {
    const told = (deliveries.get(row.alert_id) ?? []).map(({ target, event, key }): Delivery => ({
      target,
      at: timeText(now),
      event,
      key,
    }));
    if (told.length === 0) return isChanged ? [row] : [];
    const changed_at = isChanged ? row.changed_at : changeTime(now, row);
    return [{ ...row, changed_at, notified: [...row.notified, ...told] }];
  });
}

function dueFor(target: string, alert: ToldAlert, earlier: readonly AlertRow[]): Notification[] {
  const { row, rule } = alert;
  if (rule.notify === 'never') return [];
  const make = (event: AlertEvent, key: string): Notification[] => [{ target, event, key, row, rule }];
  if (row.state === 'open' || (rule.isEvent === true && row.state === 'resolved')) {
    const isSpent = rule.notify === 'once' && earlier.some((other) => lastTold(other, target, 'opened') !== undefined);
    return isSpent || !isNews(alert, lastTold(row, target, 'opened')) ? [] : make('opened', openingKey(alert));
  }
  if (row.state !== 'resolved' || rule.notify === 'once' || wasSilenced(row)) return [];
  const isDue = lastTold(row, target, 'opened') !== undefined && lastTold(row, target, 'resolved') === undefined;
  return isDue ? make('resolved', 'resolved') : [];
}

/** Send again for a worse severity, another finding, or the end of a silence. */
function isNews(alert: ToldAlert, told: Delivery | undefined): boolean {
  if (told === undefined) return true;
  const [severity, ...found] = openingKey(alert).split(KEY_SEPARATOR);
  const [toldSeverity, ...toldFound] = told.key.split(KEY_SEPARATOR);
  return rankOf(severity) > rankOf(toldSeverity) || found.join() !== toldFound.join();
}

const KEY_SEPARATOR = ' | ';
const SEVERITIES: readonly (string | undefined)[] = ['info', 'warning', 'critical'];

function openingKey({ row, rule, changeKey }: ToldAlert): string {
  const found = rule.notify === 'change' ? (changeKey ?? '') : '';
  return [row.severity, found, row.silenced_until ?? ''].join(KEY_SEPARATOR);
}

function rankOf(severity: string | undefined): number {
  return SEVERITIES.indexOf(severity);
}

function lastTold(row: AlertRow, target: string, event: AlertEvent): Delivery | undefined {
  return row.notified.findLast((delivery) => delivery.target === target && delivery.event === event);
}

/** A silenced alert sends no message when it resolves. */
function wasSilenced(row: AlertRow): boolean {
  return timeOf(row.silenced_until) > timeOf(row.resolved_at);
}
