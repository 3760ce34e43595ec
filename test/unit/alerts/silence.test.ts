import { describe, expect, it } from 'vitest';
import { newestRows, silenceId } from '../../../src/alerts/row.ts';
import { silenceAlert, silenceRule } from '../../../src/alerts/silence.ts';
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
});
