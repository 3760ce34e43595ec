/** The table of alerts about one subject, and checks of it every five minutes. */
import { dueNotifications, type Notification, withDeliveries } from '../../src/alerts/notification.ts';
import { type AlertRow, newestRows } from '../../src/alerts/row.ts';
import type { AlertSeverity, RuleFacts, RuleResult, Verdict } from '../../src/alerts/rule.ts';
import { stepAlerts } from '../../src/alerts/state.ts';
import { NOW } from './alert-world.ts';

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

export const FAILING: Extract<Verdict, { kind: 'failing' }> = {
  kind: 'failing',
  value: 2,
  formula: '2 > 1',
  summary: 'Two are too many.',
};
export const PASSING: Verdict = { kind: 'passing', value: 1, formula: '1 ≤ 1' };
export const NO_DATA: Verdict = { kind: 'no_data', reason: 'nobody knows' };

/** A table of alerts, and checks every five minutes. */
export function alertHistory(facts: Partial<RuleFacts> = {}) {
  const rule: RuleFacts = {
    id: 'T1',
    title: 'test',
    product: 'contrail',
    severity: 'warning',
    threshold: 1,
    thresholdSource: 'ours: a test',
    formula: 'value > threshold',
    notify: 'opening',
    needs: [],
    ...facts,
  };
  const world = {
    now: NOW,
    rows: [] as AlertRow[],
    reachable: ['slack', 'hook'],
    /** Checks with that verdict about `x`; undefined: the rule is not concerned with it any more. */
    check(
      verdict: Verdict | undefined,
      more: { isComplete?: boolean; severity?: AlertSeverity; unread?: ReadonlySet<string> } = {},
    ) {
      world.now += 5 * MINUTE;
      const previous = newestRows(world.rows);
      const severity = more.severity ?? rule.severity;
      const findings =
        verdict === undefined ? [] : [{ rule: rule.id, subject: 'x', verdict, severity, threshold: 1, link: '/' }];
      const { isComplete = true, unread = new Set() } = more;
      const result: RuleResult = { rule, findings, problem: null, isComplete, unread };
      const alerts = stepAlerts({ previous, results: [result], now: world.now });
      const due = dueNotifications({ alerts, previous, rules: [rule], targets: ['slack', 'hook'], now: world.now });
      const sent = due.filter(({ target }) => world.reachable.includes(target));
      const written = withDeliveries(alerts, sent, world.now);
      world.rows.push(...written);
      return { written, sent: sent.map(tell) };
    },
    /** The newest row of the newest alert. */
    alert(): AlertRow {
      const alerts = newestRows(world.rows).filter((row) => row.opened_at !== null);
      const [newest] = alerts.sort((a, b) => (a.changed_at < b.changed_at ? 1 : -1));
      if (newest === undefined) throw new Error('there is no alert');
      return newest;
    },
  };
  return world;
}

function tell({ target, event }: Notification): string {
  return `${target} ${event}`;
}
