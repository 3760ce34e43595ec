import { describe, expect, it } from 'vitest';
import type { AlertInputs, CostedRun, WatchedQuery } from '../../../src/alerts/inputs.ts';
import type { RuleLimits, Verdict } from '../../../src/alerts/rule.ts';
import { alertInputs, findingsOf, NOW } from '../../support/alert-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** By subject. */
function findings(rule: string, inputs: AlertInputs, limits?: RuleLimits): Record<string, Verdict> {
  return Object.fromEntries(findingsOf(rule, inputs, limits).map(({ subject, verdict }) => [subject, verdict]));
}

function query(parts: Partial<WatchedQuery> = {}): WatchedQuery {
  return { name: 'my-query', cadenceMs: 5 * MINUTE, succeededAt: NOW, ranAt: NOW, ...parts };
}

describe('Q1, a query that is late', () => {
  const verdict = (parts: Partial<WatchedQuery>) =>
    findings('Q1', alertInputs({ watchedQueries: [query(parts)] }))['my-query'];

  it.each([
    ['an hour', { succeededAt: NOW - HOUR }, 'passing'],
    ['more than an hour', { succeededAt: NOW - HOUR - 1 }, 'failing'],
    ['three ticks of a rare query', { cadenceMs: HOUR, succeededAt: NOW - 3 * HOUR }, 'passing'],
    ['more than three ticks of a rare query', { cadenceMs: HOUR, succeededAt: NOW - 3 * HOUR - 1 }, 'failing'],
    ['its first failure, an hour ago', { succeededAt: null, ranAt: NOW - HOUR }, 'passing'],
    ['its first failure, long ago', { succeededAt: null, ranAt: NOW - 2 * HOUR }, 'failing'],
    ['nothing that is known', { succeededAt: null, ranAt: null }, 'no_data'],
  ] as const)('after %s', (_, parts, kind) => {
    expect(verdict(parts)?.kind).toBe(kind);
  });

  it('says since when, and that the files stay', () => {
    expect(verdict({ succeededAt: NOW - 4 * HOUR })).toMatchObject({
      summary: 'Query my-query last succeeded 4 h ago; it is due every 5 min. Its files stay as they were.',
      formula: '4 h > 1 h',
    });
  });
});

describe('Q2, queries that cost too much', () => {
  const run = (product: string, finishedAt: number, costUsd: number): CostedRun => ({
    product,
    finishedAt,
    costUsd,
    experiment: null,
    period: null,
  });

  it('adds up the queries of a day, and nothing else', () => {
    const runs = [
      run('query', NOW, 3),
      run('query', NOW - HOUR, 2.5),
      run('statistics', NOW, 100),
      run('query', NOW - 24 * HOUR, 5),
      run('query', NOW - 48 * HOUR, 50),
    ];

    const found = findings('Q2', alertInputs({ runs }));

    expect(found['2026-01-15']).toMatchObject({ kind: 'failing', value: 5.5, formula: '$5.50 > $5.00' });
    expect(found['2026-01-14']).toMatchObject({ kind: 'passing', value: 5 });
    expect(Object.keys(found)).toHaveLength(2);
  });

  it('has the budget as its limit', () => {
    const found = findings('Q2', alertInputs({ runs: [run('query', NOW, 12)] }), { threshold: 20 });

    expect(found['2026-01-15']?.kind).toBe('passing');
  });
});
