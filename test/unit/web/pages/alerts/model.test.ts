import { describe, expect, it } from 'vitest';
import type { AlertRow } from '../../../../../src/alerts/row.ts';
import { liftSilence, silenceAlert, silenceRule } from '../../../../../src/alerts/silence.ts';
import { alertsModel } from '../../../../../src/web/pages/alerts/model.ts';
import { alertRow } from '../../../../support/alert-rows.ts';
import { NOW } from '../../../../support/alert-world.ts';

const HOUR = 3_600_000;
const QUIET = { until: NOW + 24 * HOUR, reason: 'known', actor: 'ada' };
const at = (hours: number) => new Date(NOW + hours * HOUR).toISOString();

function reading(rows: readonly AlertRow[], silences: readonly AlertRow[] = []) {
  return { now: NOW, checkedAt: NOW, alerts: rows.map((row) => ({ row, problem: null })), silences, problems: [] };
}

describe('the alerts of the page', () => {
  it('are listed worst first, then oldest first; resolved ones newest first', () => {
    const rows = [
      alertRow({ subject: 'info', severity: 'info', rule: 'M5' }),
      alertRow({ subject: 'young', opened_at: at(-1) }),
      alertRow({ subject: 'old', opened_at: at(-9) }),
      alertRow({ subject: 'warned', severity: 'warning', rule: 'M3' }),
      alertRow({ subject: 'lost', state: 'no_data' }),
      alertRow({ subject: 'past', state: 'resolved', resolved_at: at(-5) }),
      alertRow({ subject: 'recent', state: 'resolved', resolved_at: at(-2) }),
    ];

    const { open, noData, silenced, resolved } = alertsModel(reading(rows));

    expect([open, noData, silenced, resolved].map((entries) => entries.map(({ subject }) => subject))).toEqual([
      ['old', 'young', 'warned', 'info'],
      ['lost'],
      [],
      ['recent', 'past'],
    ]);
  });

  it('keep sentence, formula, value and threshold as the rule gave them', () => {
    const row = alertRow();
    const [entry] = alertsModel(reading([row])).open;

    expect(entry).toMatchObject({
      id: row.alert_id,
      rule: { id: 'M1', title: 'unenrollment spike', product: 'console' },
      sentence: row.summary,
      formula: row.formula,
      value: 0.2,
      threshold: 0.1,
      openedAt: NOW - HOUR,
      silence: null,
    });
  });

  it('of a rule that another version of Contrail has are shown too', () => {
    const [entry] = alertsModel(reading([alertRow({ rule: 'Z9', summary: null })])).open;

    expect(entry).toMatchObject({ rule: undefined, ruleId: 'Z9', sentence: 'my-slug: Z9' });
  });

  it.each([
    ['alert', silenceAlert(alertRow(), QUIET, NOW)],
    ['rule', silenceRule(alertRow(), QUIET, NOW)],
  ])('are silenced at once by a silence of the %s, before the next check', (scope, silence) => {
    const { open, silenced } = alertsModel(reading([alertRow(), alertRow({ subject: 'other' })], [silence]));

    expect(open.map(({ subject }) => subject)).toEqual(['other']);
    expect(silenced).toMatchObject([{ silence: { scope, reason: 'known', actor: 'ada', until: QUIET.until } }]);
  });

  it('are open again once their silence was lifted, before the next check', () => {
    const silence = silenceRule(alertRow(), QUIET, NOW - HOUR);
    const row = alertRow({
      state: 'silenced',
      silenced_until: silence.silenced_until,
      silence_reason: 'known',
      changed_at: at(-0.5),
    });

    const before = alertsModel(reading([row], [silence]));
    const after = alertsModel(reading([row], [liftSilence(silence, 'bob', NOW)]));

    expect([before.silenced.length, before.open.length]).toEqual([1, 0]);
    expect([after.silenced.length, after.open.length]).toEqual([0, 1]);
  });

  it('that the settings silence cannot be lifted here', () => {
    const row = alertRow({ state: 'silenced', silenced_until: '9999-12-31T00:00:00Z', actor: 'configuration' });

    expect(alertsModel(reading([row])).silenced).toMatchObject([{ silence: { scope: 'settings', row: null } }]);
  });

  it('are open again when a silence has ended, also if no check has run since', () => {
    const silence = silenceRule(alertRow(), { ...QUIET, until: NOW - 1 }, NOW - HOUR);
    const row = alertRow({ state: 'silenced', silenced_until: silence.silenced_until });

    expect(alertsModel(reading([row], [silence])).open).toHaveLength(1);
  });

  it('are narrowed down by state, rule and experiment, whose periods count too', () => {
    const rows = [
      alertRow(),
      alertRow({ rule: 'M2' }),
      alertRow({ rule: 'A3', subject: 'my-slug weekly' }),
      alertRow({ subject: 'my-slug-2' }),
      alertRow({ rule: 'M3', state: 'resolved', resolved_at: at(-1) }),
    ];
    const found = (filter: Parameters<typeof alertsModel>[1]) => {
      const { open, resolved } = alertsModel(reading(rows), filter);
      return [...open, ...resolved].map(({ ruleId, subject }) => `${ruleId} ${subject}`).toSorted();
    };

    expect(found({ experiment: 'my-slug' })).toEqual(['A3 my-slug weekly', 'M1 my-slug', 'M2 my-slug', 'M3 my-slug']);
    expect(found({ rule: 'M1' })).toEqual(['M1 my-slug', 'M1 my-slug-2']);
    expect(found({ state: 'resolved' })).toEqual(['M3 my-slug']);
  });
});
