import { describe, expect, it } from 'vitest';
import { alertSilenceId, isSilenceRow, newestRows, silenceId, timeText } from '../../../src/alerts/row.ts';
import { liftSilence, silenceAlert, silenceRule } from '../../../src/alerts/silence.ts';
import { alertHistory, DAY, FAILING, NO_DATA, PASSING } from '../../support/alert-history.ts';
import { NOW } from '../../support/alert-world.ts';

describe('silence', () => {
  const silence = { until: NOW + DAY, reason: 'known', actor: 'ada' };

  it('keeps an alert quiet until its end, and then it speaks up', () => {
    const world = alertHistory();
    world.check(FAILING);
    world.rows.push(silenceAlert(world.alert(), silence, world.now));

    const quiet = world.check(FAILING, { severity: 'critical' });
    world.now += DAY;
    const loud = world.check(FAILING);
    const again = world.check(FAILING);

    expect(quiet.sent).toEqual([]);
    expect(quiet.written).toMatchObject([{ state: 'silenced', actor: 'ada', silence_reason: 'known' }]);
    expect(loud).toMatchObject({ written: [{ state: 'open' }], sent: ['slack opened', 'hook opened'] });
    expect(again.sent).toEqual([]);
  });

  it('ends with its alert, without a word', () => {
    const world = alertHistory();
    world.check(FAILING);
    world.rows.push(silenceAlert(world.alert(), silence, world.now));

    const resolved = world.check(PASSING);
    const reopened = world.check(FAILING);

    expect(resolved).toMatchObject({ written: [{ state: 'resolved' }], sent: [] });
    expect(reopened).toMatchObject({ written: [{ state: 'open' }], sent: ['slack opened', 'hook opened'] });
  });

  it('of a rule outlives its alert', () => {
    const world = alertHistory();
    world.check(FAILING);
    world.rows.push(silenceRule(world.alert(), silence, world.now));
    world.check(PASSING);

    const reopened = world.check(FAILING);

    expect(reopened).toMatchObject({
      written: [{ state: 'silenced', silenced_until: '2026-01-16T12:00:00Z' }],
      sent: [],
    });
    expect(newestRows(world.rows).find((row) => row.alert_id === silenceId('T1', 'x'))?.state).toBe('silenced');
  });

  it('is woken by a value that has grown', () => {
    const world = alertHistory();
    world.check(FAILING);
    world.rows.push(silenceAlert(world.alert(), { ...silence, wakeOnGrowth: 0.5 }, world.now));

    const small = world.check({ ...FAILING, value: 3 });
    const grown = world.check({ ...FAILING, value: 3.1 });
    const again = world.check({ ...FAILING, value: 3.2 });

    expect(small.sent).toEqual([]);
    expect(grown).toMatchObject({ written: [{ state: 'open', value: 3.1 }], sent: ['slack opened', 'hook opened'] });
    expect(again.sent).toEqual([]);
  });

  it('outlasts missing data', () => {
    const world = alertHistory();
    world.check(FAILING);
    world.rows.push(silenceAlert(world.alert(), silence, world.now));

    world.check(NO_DATA);

    expect(world.alert().state).toBe('silenced');
  });

  it('holds if a check that began before it writes the alert after it', () => {
    const world = alertHistory();
    world.check(FAILING);
    const alert = world.alert();
    world.rows.push(silenceAlert(alert, silence, world.now));
    world.rows.push({ ...alert, changed_at: timeText(world.now + 1) });

    world.check(FAILING);

    expect(world.alert().state).toBe('silenced');
  });

  it('is lifted early, and then the alert speaks up', () => {
    const world = alertHistory();
    world.check(FAILING);
    const quiet = silenceAlert(world.alert(), silence, world.now);
    world.rows.push(quiet);
    world.check(FAILING);
    world.rows.push(liftSilence(quiet, 'bob', world.now + 1));

    const loud = world.check(FAILING);
    const again = world.check(FAILING);

    expect(loud).toMatchObject({ written: [{ state: 'open' }], sent: ['slack opened', 'hook opened'] });
    expect(again.sent).toEqual([]);
  });

  it('of an alert and of its rule: the one that ends last counts, and lifting one leaves the other', () => {
    const world = alertHistory();
    world.check(FAILING);
    const own = silenceAlert(world.alert(), silence, world.now);
    world.rows.push(own, silenceRule(world.alert(), { ...silence, until: NOW + 2 * DAY, actor: 'bob' }, world.now));
    world.check(FAILING);
    const both = world.alert();
    world.rows.push(liftSilence(own, 'ada', world.now));
    world.check(FAILING);

    expect([both.actor, world.alert().state]).toEqual(['bob', 'silenced']);
  });

  it('that has been woken stays awake when the value falls again', () => {
    const world = alertHistory();
    world.check(FAILING);
    world.rows.push(silenceRule(world.alert(), { ...silence, wakeOnGrowth: 0.5 }, world.now));
    world.check({ ...FAILING, value: 9 });

    const fallen = world.check({ ...FAILING, value: 2.5 });

    expect(fallen).toMatchObject({ written: [], sent: [] });
    expect(world.alert().state).toBe('open');
  });

  it('of one alert says nothing about the next one of the same subject', () => {
    const world = alertHistory();
    world.check(FAILING);
    const quiet = silenceAlert(world.alert(), silence, world.now);
    world.rows.push(quiet);

    expect(quiet.alert_id).toBe(alertSilenceId(world.alert().alert_id));
    expect([quiet, world.alert()].map(isSilenceRow)).toEqual([true, false]);
    world.check(PASSING);
    world.check(FAILING);
    expect(world.alert().state).toBe('open');
  });

  it('of the settings ends when the setting is removed', () => {
    const world = alertHistory();
    world.check(FAILING);
    world.rows.push(silenceRule(world.alert(), { ...silence, until: NOW + 9_999 * DAY }, world.now));
    world.check(FAILING);
    world.rows = world.rows.filter((row) => !isSilenceRow(row));

    const loud = world.check(FAILING);

    expect(loud).toMatchObject({ written: [{ state: 'open' }], sent: ['slack opened', 'hook opened'] });
  });
});
