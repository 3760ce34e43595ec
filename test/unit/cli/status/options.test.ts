import { describe, expect, it } from 'vitest';
import { filterOf, isAlarming, isInState, isWanted } from '../../../../src/cli/status/options.ts';

describe('what status is asked for', () => {
  it('takes states and products separated by commas', () => {
    expect(filterOf({ state: 'stale, failed,stale', product: 'errors' })).toEqual({
      states: ['stale', 'failed'],
      products: ['errors'],
    });
    expect(filterOf({})).toEqual({ states: undefined, products: ['statistics', 'errors', 'metadata'] });
  });

  it.each([
    [{ state: 'fialed' }, 'Unknown state "fialed". Did you mean failed? The states are fresh, '],
    [{ product: 'statistic' }, 'Unknown product "statistic". Did you mean statistics? The products are '],
    [{ state: '' }, 'Unknown state "".'],
  ])('refuses %j and names what there is', (options, sentence) => {
    expect(() => filterOf(options)).toThrow(
      expect.objectContaining({ code: 'USAGE', sentence: expect.stringContaining(sentence) }),
    );
  });

  it('finds a file alarming that has a problem, or is in a state asked for', () => {
    const file = { experiment: 'a', product: 'errors', state: 'queued' } as const;

    expect(isAlarming(file, filterOf({}))).toBe(false);
    expect(isAlarming({ ...file, state: 'stale' }, filterOf({}))).toBe(true);
    expect(isAlarming(file, filterOf({ state: 'queued' }))).toBe(true);
    expect(isAlarming({ ...file, state: 'gone' }, filterOf({}))).toBe(false);
    expect(isAlarming({ ...file, state: 'gone', needsYou: true }, filterOf({}))).toBe(true);
  });

  it('finds a queued file alarming that is late, which is also in the state it would have without its job', () => {
    const file = { experiment: 'a', product: 'errors', state: 'queued', behind: 'stale' } as const;

    expect(isAlarming(file, filterOf({}))).toBe(true);
    const isIn = (state: string) => isInState(file, filterOf({ state }).states ?? []);
    expect([isIn('queued'), isIn('stale'), isIn('failed')]).toEqual([true, true, false]);
  });

  it('leaves out files that are not due and have no source, unless for one experiment or that state', () => {
    const file = { experiment: 'a', product: 'statistics', period: 'weekly', state: 'not due' } as const;

    expect(isWanted(file, filterOf({}), undefined)).toBe(false);
    expect(isWanted({ ...file, since: 0 }, filterOf({}), undefined)).toBe(true);
    expect(isWanted({ ...file, state: 'missing' }, filterOf({}), undefined)).toBe(true);
    expect(isWanted(file, filterOf({}), 'a')).toBe(true);
    expect(isWanted(file, filterOf({ state: 'not due' }), undefined)).toBe(true);
  });
});
