/** One check of all alert rules: findings, messages, and their rows. */
import type { AlertInputs } from '../../alerts/inputs.ts';
import { buildAlertMessage } from '../../alerts/message.ts';
import { dueNotifications, type Notification, withDeliveries } from '../../alerts/notification.ts';
import { configuredSilences } from '../../alerts/configured-silence.ts';
import { type AlertRow, isSilenceRow, newestRows, timeOf, timeText } from '../../alerts/row.ts';
import type { AlertRule, RuleLimits } from '../../alerts/rule.ts';
import { evaluateRules } from '../../alerts/rules.ts';
import { alertSnapshot, type AlertSnapshot } from '../../alerts/snapshot.ts';
import { stepAlerts } from '../../alerts/state.ts';
import { toContrailError } from '../../domain/errors.ts';
import { groupBy } from '../../domain/group-by.ts';
import { recordBatchId } from '../../domain/log-record.ts';
import { ALERTS_TABLE } from '../../domain/monitoring-tables.ts';
import type { AlertIndex } from '../../ports/alert-index.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Notifier } from '../../ports/notifier.ts';
import type { RecordSink } from '../../ports/record-sink.ts';

export interface AlertHistory {
  /** At least the newest row of each alert, including resolved ones; empty if there is no table yet. */
  alerts(signal: AbortSignal): Promise<readonly AlertRow[]>;
}

export interface CheckDependencies {
  readonly rules: readonly AlertRule[];
  /** Thresholds by rule that differ from the defaults. */
  readonly limits: Readonly<Record<string, RuleLimits>>;
  /** The inputs. A source that cannot be read is missing in them. */
  readonly inputs: (signal: AbortSignal) => Promise<AlertInputs>;
  readonly history: AlertHistory;
  /** Where people leave silences and pages read the alerts; absent without Redis. */
  readonly index?: AlertIndex;
  readonly sink: Pick<RecordSink, 'append'>;
  /** Silenced rules, subjects, or `rule:subject`. */
  readonly silences: readonly string[];
  readonly notifiers: readonly Notifier[];
  readonly clock: WallClock;
  readonly log: Log;
}

export interface CheckResult {
  /** Open alerts: rule, subject and sentence. */
  readonly alerts: readonly Pick<AlertRow, 'rule' | 'severity' | 'subject' | 'state' | 'summary'>[];
  readonly open: number;
  readonly silenced: number;
  readonly noData: number;
  /** Alerts that this check opened and resolved. */
  readonly opened: number;
  readonly resolved: number;
  /** Accepted messages, and targets that accepted none. */
  readonly sent: number;
  readonly unsent: readonly string[];
}

/**
 * Evaluates the rules and writes the changed alerts as one batch with the id `work`. If a target does not accept its
 * message, the rows are still written and the next check sends it again.
 */
export async function checkAlerts(
  deps: CheckDependencies,
  work: readonly string[],
  signal: AbortSignal,
): Promise<CheckResult> {
  const stored = newestRows(await deps.history.alerts(signal));
  const left = await silencesOf(deps);
  const silences = newerRows(left, stored);
  const known = newestRows([...stored, ...silences]);
  const inputs = await deps.inputs(signal);
  const now = deps.clock.now();
  const results = evaluateRules(deps.rules, inputs, deps.limits);
  const previous = [...known, ...configuredSilences(results, deps.silences, timeText(now))];
  const alerts = stepAlerts({ previous, results, now });
  const targets = deps.notifiers.map((notifier) => notifier.name);
  const rules = results.map(({ rule }) => rule);
  const due = groupBy(dueNotifications({ alerts, previous, rules, targets, now }), ({ target }) => target);
  const { sent, taken, unsent } = await sendAll(deps, due, signal);
  const changed = withDeliveries(alerts, sent, deps.clock.now());
  const rows = [...silences, ...changed];
  const id = recordBatchId([ALERTS_TABLE, ...work]);
  if (rows.length > 0) await deps.sink.append({ id, table: ALERTS_TABLE, rows }, signal);
  const lost = newerRows(
    stored.filter((row) => isSilenceRow(row) && timeOf(row.silenced_until) > now),
    left,
  );
  await noteAlerts(deps, alertSnapshot({ alerts, previous: known, written: changed, now }), lost);
  const count = (state: AlertRow['state']): number => alerts.filter(({ row }) => row.state === state).length;
  const before = new Set(known.map((row) => row.alert_id));
  return {
    alerts: alerts
      .filter(({ row }) => row.state !== 'resolved')
      .map(({ row: { rule, severity, subject, state, summary } }) => ({ rule, severity, subject, state, summary })),
    open: count('open'),
    silenced: count('silenced'),
    noData: count('no_data'),
    opened: alerts.filter(({ row }) => !before.has(row.alert_id)).length,
    resolved: alerts.filter(({ row }) => row.state === 'resolved' && before.has(row.alert_id)).length,
    sent: taken,
    unsent,
  };
}

/** The silences that people have left. Without them the check knows those that an earlier one has stored. */
async function silencesOf({ index, log }: CheckDependencies): Promise<readonly AlertRow[]> {
  try {
    return (await index?.silences()) ?? [];
  } catch (error) {
    log.warn({ problem: toContrailError(error).message }, 'the newest silences could not be read');
    return [];
  }
}

/** The rows that are newer than the stored ones. */
function newerRows(rows: readonly AlertRow[], stored: readonly AlertRow[]): AlertRow[] {
  const changes = new Map(stored.map((row) => [row.alert_id, timeOf(row.changed_at)]));
  return rows.filter((row) => timeOf(row.changed_at) > (changes.get(row.alert_id) ?? -Infinity));
}

/** For the pages, which show the earlier alerts if it fails. `lost`: stored silences that the index has lost. */
async function noteAlerts(
  { index, log }: CheckDependencies,
  snapshot: AlertSnapshot,
  lost: readonly AlertRow[],
): Promise<void> {
  try {
    for (const silence of lost) await index?.silence(silence);
    await index?.note(snapshot);
  } catch (error) {
    log.warn({ problem: toContrailError(error).message }, 'the alerts could not be noted for the pages');
  }
}

async function sendAll(
  { notifiers, log }: CheckDependencies,
  due: ReadonlyMap<string, readonly Notification[]>,
  signal: AbortSignal,
): Promise<{ readonly sent: Notification[]; readonly taken: number; readonly unsent: string[] }> {
  const addressed = notifiers.filter((notifier) => due.has(notifier.name));
  const outcomes = await Promise.all(
    addressed.map(async (notifier) => {
      const notifications = due.get(notifier.name) ?? [];
      try {
        await notifier.send(buildAlertMessage(notifications), signal);
        return { name: notifier.name, notifications };
      } catch (error) {
        const { code, message } = toContrailError(error);
        log.warn({ target: notifier.name, code, problem: message }, 'alert message could not be sent');
        return { name: notifier.name, notifications: null };
      }
    }),
  );
  const taken = outcomes.filter((outcome) => outcome.notifications !== null);
  return {
    sent: taken.flatMap((outcome) => outcome.notifications ?? []),
    taken: taken.length,
    unsent: outcomes.filter((outcome) => outcome.notifications === null).map((outcome) => outcome.name),
  };
}
