import { array, assert, nat, property, string, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MessageCount } from '../../../../src/domain/logs/log-questions.ts';
import { MICROS_PER_DAY, MICROS_PER_MS } from '../../../../src/domain/utc-time.ts';
import { errorKinds, isNewKind, kindsRequest } from '../../../../src/web/pages/errors/error-kinds.ts';

function counted(message: string, changes: Partial<MessageCount> = {}): MessageCount {
  return {
    exceptionType: 'ValueError',
    key: message,
    message,
    experiment: null,
    rows: 1,
    critical: 0,
    experiments: [],
    first: 1,
    last: 1,
    days: [0, 1],
    ...changes,
  };
}

describe('kinds of messages', () => {
  it('adds up messages of one type and shape', () => {
    const kinds = errorKinds([
      counted('Column `a` is missing', {
        rows: 3,
        critical: 2,
        experiments: ['y', 'x'],
        first: 5,
        last: 9,
        days: [2, 1],
      }),
      counted('column `b` is missing', {
        rows: 4,
        critical: 1,
        experiments: ['x', 'z'],
        first: 3,
        last: 7,
        days: [0, 4],
      }),
      counted('column `b` is missing', { exceptionType: null, rows: 20 }),
    ]);

    expect(kinds).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{16}$/),
        exceptionType: 'ValueError',
        shape: 'column … is missing',
        example: 'Column `a` is missing',
        rows: 7,
        critical: 3,
        experiments: ['x', 'y', 'z'],
        first: 3,
        last: 9,
        days: [2, 5],
        keys: ['Column `a` is missing', 'column `b` is missing'],
      },
      expect.objectContaining({ exceptionType: null, rows: 20 }),
    ]);
    expect(kinds[0]?.id).not.toBe(kinds[1]?.id);
  });

  it('puts critical kinds first, then the frequent ones', () => {
    const kinds = errorKinds([
      counted('often', { rows: 9 }),
      counted('rarely'),
      counted('critically', { critical: 1 }),
    ]);

    expect(kinds.map(({ shape }) => shape)).toEqual(['critically', 'often', 'rarely']);
  });

  it('does not take the name of an experiment for a difference', () => {
    const kinds = errorKinds(
      ['one', 'two'].map((experiment) => counted(`Export of ${experiment} failed`, { experiment })),
    );

    expect(kinds.map(({ shape, rows }) => [shape, rows])).toEqual([['export of … failed', 2]]);
  });

  it('loses no row, whatever the messages', () => {
    assert(
      property(array(tuple(string(), nat(100)), { maxLength: 20 }), (messages) => {
        const kinds = errorKinds(messages.map(([message, rows]) => counted(message, { rows })));

        expect(kinds.reduce((sum, { rows }) => sum + rows, 0)).toBe(messages.reduce((sum, [, rows]) => sum + rows, 0));
        expect(new Set(kinds.map(({ id }) => id)).size).toBe(kinds.length);
      }),
    );
  });

  it('are new for a day', () => {
    const now = Date.parse('2026-01-15T12:00:00Z');
    const at = (text: string) => ({ first: Date.parse(text) * MICROS_PER_MS });

    expect(isNewKind(at('2026-01-14T12:00:00Z'), now)).toBe(true);
    expect(isNewKind(at('2026-01-14T11:59:59Z'), now)).toBe(false);
  });

  it('have a strip of fourteen days that ends with the range', () => {
    const to = Date.parse('2026-01-15T12:00:00Z') * MICROS_PER_MS;
    const { days } = kindsRequest({ range: { from: to - MICROS_PER_DAY, to } });

    expect(days.map((day) => new Date(day / MICROS_PER_MS).toISOString().slice(0, 10))).toEqual(
      Array.from({ length: 14 }, (_, index) => `2026-01-${String(index + 2).padStart(2, '0')}`),
    );
  });
});
