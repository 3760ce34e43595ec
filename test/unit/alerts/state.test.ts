import { describe, expect, it } from 'vitest';
import { newestRows } from '../../../src/alerts/row.ts';
import { alertHistory, DAY, FAILING, NO_DATA, PASSING } from '../../support/alert-history.ts';

describe('the life of an alert', () => {
  it('opens, is seen again without a word, and is resolved', () => {
    const world = alertHistory();

    const opened = world.check(FAILING);
    const again = world.check(FAILING);
    const resolved = world.check(PASSING);
    const later = world.check(PASSING);

    expect(opened.written).toMatchObject([
      {
        state: 'open',
        rule: 'T1',
        subject: 'x',
        value: 2,
        threshold: 1,
        formula: '2 > 1',
        opened_at: '2026-01-15T12:05:00Z',
      },
    ]);
    expect(opened.sent).toEqual(['slack opened', 'hook opened']);
    expect(again).toEqual({ written: [], sent: [] });
    expect(resolved.written).toMatchObject([{ state: 'resolved', resolved_at: '2026-01-15T12:15:00Z' }]);
    expect(resolved.sent).toEqual(['slack resolved', 'hook resolved']);
    expect(later).toEqual({ written: [], sent: [] });
  });

  it('is refreshed every hour, so that its last check can be seen', () => {
    const world = alertHistory();

    const written = Array.from({ length: 25 }, () => world.check(FAILING).written.length);

    expect(written.reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(world.alert().last_seen_at).toBe('2026-01-15T14:05:00Z');
  });

  it('opens anew as another alert after it was resolved', () => {
    const world = alertHistory();
    world.check(FAILING);
    const first = world.alert().alert_id;
    world.check(PASSING);

    world.check(FAILING);

    expect(world.alert().alert_id).not.toBe(first);
    expect(newestRows(world.rows).filter((row) => row.state === 'open')).toHaveLength(1);
  });

  it.each([undefined, PASSING, NO_DATA])('stays as it is while the record of its subject is unread: %j', (verdict) => {
    const world = alertHistory();
    world.check(FAILING);

    const unread = world.check(verdict, { unread: new Set(['x']) });
    const failing = world.check({ ...FAILING, value: 3 }, { unread: new Set(['x']), severity: 'critical' });
    const readable = world.check(verdict === NO_DATA ? PASSING : verdict);

    expect(unread).toEqual({ written: [], sent: [] });
    expect(failing.written).toMatchObject([{ state: 'open', value: 3 }]);
    expect(readable.written).toMatchObject([{ state: 'resolved' }]);
  });

  it('is resolved when its subject is no longer concerned', () => {
    const world = alertHistory();
    world.check(FAILING);

    world.check(undefined);

    expect(world.alert().state).toBe('resolved');
  });

  it.each([
    ['the subject cannot be judged', NO_DATA, {}],
    ['the rule could not be evaluated', undefined, { isComplete: false }],
  ])('has no data, and is not resolved, when %s', (_, verdict, more) => {
    const world = alertHistory();
    world.check(FAILING);

    const lost = world.check(verdict, more);
    const stillLost = world.check(verdict, more);
    const back = world.check(FAILING);

    expect(lost).toMatchObject({ written: [{ state: 'no_data', resolved_at: null }], sent: [] });
    expect(stillLost.written).toEqual([]);
    expect(back).toMatchObject({ written: [{ state: 'open' }], sent: [] });
  });

  it('does not begin without data', () => {
    expect(alertHistory().check(NO_DATA).written).toEqual([]);
  });

  it('tells a worse severity, not a better one', () => {
    const world = alertHistory();
    world.check(FAILING);

    const worse = world.check(FAILING, { severity: 'critical' });
    const better = world.check(FAILING);
    const worseAgain = world.check(FAILING, { severity: 'critical' });

    expect(worse.sent).toHaveLength(2);
    expect([better.sent, worseAgain.sent]).toEqual([[], []]);
  });

  it('keeps the older of two alerts that were opened at once', () => {
    const world = alertHistory();
    world.check(FAILING);
    const twin = { ...world.alert(), alert_id: 'T1.x.later', opened_at: '2026-01-15T12:06:00Z' };
    world.rows.push(twin);

    world.check(FAILING);

    const states = newestRows(world.rows).map((row) => [row.alert_id === twin.alert_id, row.state]);
    expect(states).toEqual([
      [false, 'open'],
      [true, 'resolved'],
    ]);
  });

  it('writes changes later than those before, also when the clock is set back', () => {
    const world = alertHistory();
    world.check(FAILING);
    world.now -= DAY;

    world.check(PASSING);

    expect(world.alert().state).toBe('resolved');
  });
});
