import { describe, expect, it } from 'vitest';
import { runsRequestOf } from '../../../../src/cli/runs/options.ts';

const NOW = Date.parse('2026-01-15T12:00:00Z');

describe('options of runs', () => {
  it('list fifty runs of the last day unless told otherwise, and all in JSON', () => {
    const request = runsRequestOf([], {}, NOW);

    expect(request).toEqual({
      selection: { experiments: [], outcomes: [] },
      since: NOW - 86_400_000,
      limit: 50,
    });
    expect(runsRequestOf([], { json: true }, NOW).limit).toBe(Infinity);
  });

  it('take slugs as arguments and by --experiment', () => {
    const { selection } = runsRequestOf(['a'], { experiment: ['b'], failed: true }, NOW);

    expect(selection).toEqual({ experiments: ['a', 'b'], outcomes: ['failed'] });
  });

  it.each([
    [{ outcome: 'faild' }, /Unknown outcome "faild"/],
    [{ outcome: 'failed', failed: true as const }, /not both/],
    [{ limit: '0' }, /--limit must be a number/],
    [{ limit: 'ten' }, /--limit must be a number/],
    [{ since: 'soon' }, /is not a time/],
  ])('refuse %j', (options, sentence) => {
    expect(() => runsRequestOf([], options, NOW)).toThrow(sentence);
  });
});
