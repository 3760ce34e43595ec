import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSilenceRow, newestRows } from '../../../src/alerts/row.ts';
import type { NotifyPolicy, Verdict } from '../../../src/alerts/rule.ts';
import { silenceAlert } from '../../../src/alerts/silence.ts';
import { alertHistory, FAILING, MINUTE, NO_DATA, PASSING } from '../../support/alert-history.ts';

describe('messages', () => {
  it('that could not be sent are due at the next check, to that target alone', () => {
    const world = alertHistory();
    world.reachable = ['hook'];
    const first = world.check(FAILING);
    world.reachable = ['slack', 'hook'];

    const second = world.check(FAILING);

    expect(first.sent).toEqual(['hook opened']);
    expect(second.sent).toEqual(['slack opened']);
    expect(world.alert().notified).toMatchObject([
      { target: 'hook', event: 'opened', at: '2026-01-15T12:05:00Z' },
      { target: 'slack', event: 'opened', at: '2026-01-15T12:10:00Z' },
    ]);
  });

  it('about an end are tried again for a day, and only where the opening was told', () => {
    const world = alertHistory();
    world.reachable = ['slack'];
    world.check(FAILING);
    world.reachable = [];
    world.check(PASSING);
    world.reachable = ['slack', 'hook'];

    const next = world.check(PASSING);
    const after = world.check(PASSING);

    expect(next.sent).toEqual(['slack resolved']);
    expect(after.sent).toEqual([]);
  });

  it('of a rule that speaks once are sent once for a subject, ever', () => {
    const world = alertHistory({ notify: 'once' });

    const sent = [FAILING, PASSING, FAILING, PASSING, FAILING].map((verdict) => world.check(verdict).sent);

    expect(sent).toEqual([['slack opened', 'hook opened'], [], [], [], []]);
  });

  it('of a rule that tells changes are sent when what is found is another, and back', () => {
    const world = alertHistory({ notify: 'change' });
    const found = (changeKey: string): Verdict => ({ ...FAILING, changeKey, summary: changeKey });

    const sent = ['a', 'a', 'b', 'b', 'a'].map((key) => world.check(found(key)).sent.length);

    expect(sent).toEqual([2, 0, 2, 0, 2]);
  });

  it('of an event are sent once, and its alert is over at once', () => {
    const world = alertHistory({ notify: 'once', isEvent: true });
    world.reachable = [];
    const unheard = world.check(FAILING);
    world.reachable = ['slack'];

    const heard = world.check(FAILING);
    const later = world.check(FAILING);

    expect(unheard.written).toMatchObject([{ state: 'resolved', opened_at: '2026-01-15T12:05:00Z' }]);
    expect(heard.sent).toEqual(['slack opened']);
    expect(later).toEqual({ written: [], sent: [] });
  });

  it('are not sent by a rule that is only shown', () => {
    const world = alertHistory({ notify: 'never' });

    expect(world.check(FAILING)).toMatchObject({ written: [{ state: 'open' }], sent: [] });
    expect(world.check(PASSING)).toMatchObject({ written: [{ state: 'resolved' }], sent: [] });
  });
});

describe('any history', () => {
  it('has at most one alert that is not resolved, opens and ends in pairs, and tells no target the same twice', () => {
    const verdict = fc.constantFrom(FAILING, PASSING, NO_DATA, undefined);
    const step = fc.record({ verdict, isComplete: fc.boolean(), silence: fc.boolean(), heard: fc.boolean() });
    const policy = fc.constantFrom<NotifyPolicy>('opening', 'once', 'change', 'never');
    fc.assert(
      fc.property(policy, fc.array(step, { maxLength: 30 }), (notify, steps) => {
        const world = alertHistory({ notify });
        const told: string[] = [];
        for (const { verdict, isComplete, silence, heard } of steps) {
          world.reachable = heard ? ['slack'] : [];
          told.push(...world.check(verdict, { isComplete }).sent);
          const open = newestRows(world.rows).filter((row) => row.state !== 'resolved' && !isSilenceRow(row));
          expect(open.length).toBeLessThanOrEqual(1);
          const [alert] = open;
          if (silence && alert !== undefined) {
            world.rows.push(silenceAlert(alert, { until: world.now + 8 * MINUTE, reason: 'r', actor: 'a' }, world.now));
          }
        }
        const openings = told.filter((text) => text === 'slack opened').length;
        expect(told.length - openings).toBeLessThanOrEqual(openings);
        expect(openings).toBeLessThanOrEqual({ once: 1, never: 0, opening: Infinity, change: Infinity }[notify]);
      }),
    );
  });
});
