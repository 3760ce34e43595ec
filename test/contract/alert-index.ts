/** What every alert index must do. */
import { describe, expect, it } from 'vitest';
import type { AlertRow } from '../../src/alerts/row.ts';
import { liftSilence, silenceAlert, silenceRule } from '../../src/alerts/silence.ts';
import type { AlertIndex } from '../../src/ports/alert-index.ts';
import { alertRow } from '../support/alert-rows.ts';

export interface AlertIndexWorld {
  readonly index: AlertIndex;
  /** Another process's view of the same index. */
  readonly other: AlertIndex;
  /** Loses all that is kept. */
  readonly lose: () => Promise<void>;
}

const AT = Date.parse('2026-01-15T12:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const QUIET = { until: AT + DAY, reason: 'known: “ü” \u2028', actor: 'ada' };
const noted = (...rows: AlertRow[]) => rows.map((row) => ({ row, problem: null }));

export function describeAlertIndex(name: string, setup: () => AlertIndexWorld): void {
  describe(`alert index: ${name}`, () => {
    it('has nothing before the first check, and after it was lost', async () => {
      const { index, other, lose } = setup();
      const before = await index.read();
      await index.note({ checkedAt: AT, alerts: noted(alertRow()) });
      await index.silence(silenceRule(alertRow(), QUIET, AT));
      await lose();

      expect([before, await other.read(), await other.silences()]).toEqual([undefined, undefined, []]);
    });

    it('shows what a check found to another process', async () => {
      const { index, other } = setup();
      const told = [{ target: 'slack', at: '2026-01-15T12:00:00Z', event: 'opened' as const, key: 'k' }];
      const row = alertRow({ value: 0.125, wake_above: 0.3, notified: told, summary: '<b>"é"</b>' });
      const snapshot = { checkedAt: AT, alerts: [{ row, problem: 'the bucket is away' }] };

      await index.note(snapshot);

      expect(await other.read()).toEqual(snapshot);
    });

    it('keeps the later one of two checks', async () => {
      const { index, other } = setup();

      const later = await index.note({ checkedAt: AT + 1, alerts: [] });
      const earlier = await other.note({ checkedAt: AT, alerts: noted(alertRow()) });
      const again = await other.note({ checkedAt: AT + 1, alerts: noted(alertRow()) });

      expect([later, earlier, again]).toEqual([true, false, true]);
      expect(await index.read()).toEqual({ checkedAt: AT + 1, alerts: noted(alertRow()) });
    });

    it('keeps the newest row of each silence, in whichever order they come', async () => {
      const { index, other } = setup();
      const rule = silenceRule(alertRow(), QUIET, AT);
      const own = silenceAlert(alertRow(), QUIET, AT);
      const lifted = liftSilence(rule, 'bob', AT + HOUR);

      await index.silence(rule);
      await other.silence(own);
      await other.silence(lifted);
      await index.silence(rule);

      const silences = (await other.silences()).toSorted((a, b) => a.alert_id.localeCompare(b.alert_id));
      expect(silences).toEqual([own, lifted]);
    });

    it('keeps one of many that are made at once', async () => {
      const { index, other } = setup();
      const rows = Array.from({ length: 20 }, (_, at) => silenceRule(alertRow(), QUIET, AT + at));

      await Promise.all(rows.toReversed().map((row, at) => (at % 2 === 0 ? index : other).silence(row)));

      expect(await index.silences()).toEqual([rows.at(-1)]);
    });

    it('forgets silences a day after their end, when a check notes its alerts', async () => {
      const { index, other } = setup();
      const short = silenceRule(alertRow(), QUIET, AT);
      const long = silenceAlert(alertRow(), { ...QUIET, until: AT + 9 * DAY }, AT);
      await index.silence(short);
      await index.silence(long);

      await index.note({ checkedAt: AT + 2 * DAY, alerts: [] });
      const kept = await other.silences();
      await index.note({ checkedAt: AT + 2 * DAY + 1, alerts: [] });

      expect(kept).toHaveLength(2);
      expect(await other.silences()).toEqual([long]);
    });
  });
}
