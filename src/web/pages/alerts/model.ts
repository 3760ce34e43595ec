/** The alerts by state: the same for the page and the API. */
import { type AlertRow, type AlertState, silenceId, timeOf } from '../../../alerts/row.ts';
import type { AlertSeverity, RuleFacts } from '../../../alerts/rule.ts';
import { ALERT_RULES, CHECK_FAILED } from '../../../alerts/rules.ts';
import { type NotedAlert, silenceWith, stateWith } from '../../../alerts/snapshot.ts';
import type { AlertsReading } from './source.ts';

export const ALERT_STATES = ['open', 'no_data', 'silenced', 'resolved'] as const;

export interface AlertEntry {
  readonly id: string;
  /** Undefined for a rule of another version of Contrail. */
  readonly rule: RuleFacts | undefined;
  readonly ruleId: string;
  readonly severity: AlertSeverity;
  readonly state: AlertState;
  readonly subject: string;
  readonly sentence: string;
  /** The condition with the numbers of this case. */
  readonly formula: string | null;
  readonly value: number | null;
  readonly threshold: number | null;
  /** Milliseconds since 1970, here and below; null: unknown or not yet. */
  readonly openedAt: number | null;
  readonly lastSeenAt: number | null;
  readonly resolvedAt: number | null;
  /** Path of the page about it. */
  readonly link: string | null;
  readonly notified: AlertRow['notified'];
  readonly silence: SilenceEntry | null;
  /** Why its rule cannot be evaluated now. */
  readonly problem: string | null;
  /** The row, to silence it. */
  readonly row: AlertRow;
}

export interface SilenceEntry {
  readonly until: number;
  readonly reason: string | null;
  readonly actor: string | null;
  /** Of this alert, of its rule for the subject, or of the settings. */
  readonly scope: 'alert' | 'rule' | 'settings';
  readonly wakeAbove: number | null;
  /** The row to lift it with; null: it cannot be lifted here. */
  readonly row: AlertRow | null;
}

export interface AlertFilter {
  readonly state?: AlertState | undefined;
  readonly rule?: string | undefined;
  readonly experiment?: string | undefined;
}

export interface AlertsModel {
  /** Worst first, then oldest first. */
  readonly open: readonly AlertEntry[];
  /** They were open, and their rules cannot be evaluated now. */
  readonly noData: readonly AlertEntry[];
  readonly silenced: readonly AlertEntry[];
  /** Newest first. */
  readonly resolved: readonly AlertEntry[];
}

const RULES: ReadonlyMap<string, RuleFacts> = new Map(
  [...ALERT_RULES, CHECK_FAILED].map((rule): [string, RuleFacts] => [rule.id, rule]),
);
const SEVERITIES: readonly AlertSeverity[] = ['critical', 'warning', 'info'];

export function alertsModel(reading: AlertsReading, filter: AlertFilter = {}): AlertsModel {
  const entries = reading.alerts.map((alert) => entryOf(alert, reading)).filter((entry) => isWanted(entry, filter));
  const of = (state: AlertState): AlertEntry[] => entries.filter((entry) => entry.state === state);
  return {
    open: of('open').toSorted(worstFirst),
    noData: of('no_data').toSorted(worstFirst),
    silenced: of('silenced').toSorted(worstFirst),
    resolved: of('resolved').toSorted((a, b) => (b.resolvedAt ?? 0) - (a.resolvedAt ?? 0)),
  };
}

/** All of them: open, without data, silenced, resolved. */
export function allEntries({ open, noData, silenced, resolved }: AlertsModel): readonly AlertEntry[] {
  return [...open, ...noData, ...silenced, ...resolved];
}

/** One alert, in whichever state. */
export function findEntry(reading: AlertsReading, id: string): AlertEntry | undefined {
  const alert = reading.alerts.find(({ row }) => row.alert_id === id);
  return alert === undefined ? undefined : entryOf(alert, reading);
}

export function ruleIds(): readonly string[] {
  return [...RULES.keys()];
}

function entryOf({ row, problem }: NotedAlert, { silences, now }: AlertsReading): AlertEntry {
  const rule = RULES.get(row.rule);
  return {
    id: row.alert_id,
    rule,
    ruleId: row.rule,
    severity: row.severity,
    state: stateWith(row, silences, now),
    subject: row.subject,
    sentence: row.summary ?? `${row.subject}: ${rule?.title ?? row.rule}`,
    formula: row.formula,
    value: row.value,
    threshold: row.threshold,
    openedAt: timeOrNull(row.opened_at),
    lastSeenAt: timeOrNull(row.last_seen_at),
    resolvedAt: timeOrNull(row.resolved_at),
    link: row.link,
    notified: row.notified,
    silence: silenceOf(row, silences, now),
    problem,
    row,
  };
}

function silenceOf(row: AlertRow, silences: readonly AlertRow[], now: number): SilenceEntry | null {
  const found = silenceWith(row, silences, now);
  if (found === undefined) return null;
  const { silence_reason: reason, actor, wake_above: wakeAbove } = found;
  const isOwn = found === row;
  const ofRule = found.alert_id === silenceId(row.rule, row.subject) ? 'rule' : 'alert';
  const scope = isOwn ? 'settings' : ofRule;
  return { until: timeOf(found.silenced_until), reason, actor, scope, wakeAbove, row: isOwn ? null : found };
}

function timeOrNull(text: string | null): number | null {
  const time = timeOf(text);
  return Number.isFinite(time) ? time : null;
}

function isWanted(entry: AlertEntry, { state, rule, experiment }: AlertFilter): boolean {
  if (state !== undefined && entry.state !== state) return false;
  if (rule !== undefined && entry.ruleId !== rule) return false;
  // Subjects of some rules name the period too.
  return experiment === undefined || entry.subject === experiment || entry.subject.startsWith(`${experiment} `);
}

function worstFirst(a: AlertEntry, b: AlertEntry): number {
  const bySeverity = SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
  return bySeverity || (a.openedAt ?? 0) - (b.openedAt ?? 0) || (a.id < b.id ? -1 : 1);
}
