import { describe, expect, it } from 'vitest';
import { alertSilenceId, silenceId } from '../../../../../src/alerts/row.ts';
import { silenceRequested, type SilenceFields } from '../../../../../src/web/pages/alerts/silence-request.ts';
import { alertRow } from '../../../../support/alert-rows.ts';
import { NOW } from '../../../../support/alert-world.ts';

const FIELDS: SilenceFields = { scope: 'alert', reason: ' known since Monday ', end: '1d' };
const alert = alertRow();
const ask = (fields: Partial<SilenceFields> = {}, parts = {}) =>
  silenceRequested({ ...FIELDS, ...fields }, { alert: alertRow(parts), silences: [], actor: 'ada', now: NOW });

describe('a silence asked for', () => {
  it('is of the alert, or of its rule for the subject', () => {
    expect(ask()).toMatchObject({ kind: 'row', row: { alert_id: alertSilenceId(alert.alert_id), state: 'silenced' } });
    expect(ask({ scope: 'rule' })).toMatchObject({ row: { alert_id: silenceId('M1', 'my-slug') } });
  });

  it('says who, why and until when', () => {
    expect(ask()).toMatchObject({
      row: { actor: 'ada', silence_reason: 'known since Monday', silenced_until: '2026-01-16T12:00:00Z' },
    });
  });

  it.each([
    ['1h', undefined, '2026-01-15T13:00:00Z'],
    ['7d', undefined, '2026-01-22T12:00:00Z'],
    ['date', '2026-01-16', '2026-01-16T00:00:00Z'],
    ['date', '2026-02-14', '2026-02-14T00:00:00Z'],
  ] as const)('of %s %s ends at %s', (end, date, until) => {
    expect(ask({ end, date })).toMatchObject({ row: { silenced_until: until } });
  });

  it.each([undefined, '', '2026-01-15', '2026-02-15', '2025-01-20', '2026-02-30', 'soon', '+2026-01-20', '2026-1-20'])(
    'is refused for the day %j',
    (date) => {
      expect(ask({ end: 'date', date })).toEqual({
        kind: 'refused',
        field: 'date',
        problem: 'The silence can end on a day from 2026-01-16 to 2026-02-14.',
      });
    },
  );

  it.each([
    ['', 'Give a reason: whoever misses the alert reads it.'],
    ['   ', 'Give a reason: whoever misses the alert reads it.'],
    ['x'.repeat(501), 'The reason is longer than 500 characters.'],
  ])('is refused for the reason %j', (reason, problem) => {
    expect(ask({ reason })).toEqual({ kind: 'refused', field: 'reason', problem });
  });

  it('speaks up above one and a half times the value, if a larger value is worse', () => {
    const { value, threshold } = alert;
    expect(ask({ wake: true })).toMatchObject({ row: { wake_above: (value ?? 0) * 1.5 } });
    expect(threshold).toBe(0.1);
    expect(ask()).toMatchObject({ row: { wake_above: null } });
    expect(ask({ wake: true }, { rule: 'M3', value: 12, threshold: 1000 })).toMatchObject({
      kind: 'refused',
      field: 'wake',
    });
  });

  it('replaces an earlier one of the same alert, also if the clock was set back', () => {
    const first = ask();
    if (first.kind !== 'row') throw new Error(first.problem);
    const again = silenceRequested(
      { ...FIELDS, end: '7d' },
      { alert, silences: [first.row], actor: 'bob', now: NOW - 5_000 },
    );

    expect(again).toMatchObject({ row: { alert_id: first.row.alert_id, changed_at: '2026-01-15T12:00:00.001000Z' } });
  });

  it('keeps no control characters in its reason', () => {
    expect(ask({ reason: 'a\u202eb\u001b[31m<b>' })).toMatchObject({
      row: { silence_reason: 'a\ufffdb\ufffd[31m<b>' },
    });
  });
});
