import { describe, expect, it } from 'vitest';
import type { FileCondition } from '../../../src/alerts/inputs.ts';
import { alertInputs, findingsOf, NOW, verdictOf } from '../../support/alert-world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('rules of cost', () => {
  const query = { submittedAt: NOW - DAY, table: 'statistics_x_week_1', experiment: 'x', costUsd: 0.5 };
  const run = { finishedAt: NOW, product: 'statistics', experiment: 'x', period: 'weekly', costUsd: 0.5 };

  it.each([
    [0.2, 'passing', 'warning'],
    [0.21, 'failing', 'warning'],
    [1, 'failing', 'warning'],
    [1.01, 'failing', 'critical'],
  ])('C1 and C2 at %d USD are %s, %s', (costUsd, verdict, severity) => {
    const inputs = alertInputs({ queries: [{ ...query, costUsd }], runs: [{ ...run, costUsd }] });

    for (const rule of ['C1', 'C2']) {
      expect(findingsOf(rule, inputs)).toMatchObject([{ verdict: { kind: verdict }, severity }]);
    }
  });

  it('C1 takes the dearest query of a table, and forgets it after two days', () => {
    const queries = [query, { ...query, costUsd: 0.1 }, { ...query, submittedAt: NOW - 3 * DAY, costUsd: 9 }];

    expect(findingsOf('C1', alertInputs({ queries }))).toMatchObject([
      { subject: 'statistics_x_week_1', verdict: { value: 0.5, formula: '$0.50 > $0.20' } },
    ]);
  });

  it('C3 adds the analysis and Contrail, day by day', () => {
    const inputs = alertInputs({
      queries: [
        { ...query, costUsd: 5 },
        { ...query, submittedAt: NOW, costUsd: 4.7 },
      ],
      runs: [run],
    });

    expect(findingsOf('C3', inputs).map(({ subject, verdict }) => [subject, verdict.kind])).toEqual([
      ['2026-01-14', 'passing'],
      ['2026-01-15', 'failing'],
    ]);
  });

  it('C4 adds all of an experiment', () => {
    const queries = [
      { ...query, costUsd: 19.9, submittedAt: NOW - 20 * DAY },
      { ...query, experiment: null, costUsd: 99 },
    ];

    expect(findingsOf('C4', alertInputs({ queries, runs: [run] }))).toMatchObject([
      { subject: 'x', verdict: { kind: 'failing', value: 20.4 } },
    ]);
  });
});

describe('rules of the operator', () => {
  const file: FileCondition = {
    experiment: 'x',
    product: 'statistics',
    period: 'weekly',
    state: 'fresh',
    lateMs: null,
    failure: null,
    hasFile: true,
  };
  const failure = { code: 'ROWS_REFUSED', attempts: 3 };

  it.each([
    ['failed', { state: 'failed', failure }, 'failing'],
    ['failed and tried again', { state: 'running', failure }, 'failing'],
    ['running', { state: 'running' }, 'passing'],
    ['fresh', {}, 'passing'],
  ] satisfies [string, Partial<FileCondition>, string][])('F1 of a file that is %s', (_, parts, verdict) => {
    expect(verdictOf('F1', alertInputs({ files: [{ ...file, ...parts }] }))).toBe(verdict);
  });

  it.each([
    ['stale', { state: 'stale', lateMs: HOUR }, 'failing'],
    ['never published', { state: 'never', lateMs: HOUR }, 'failing'],
    ['late and running', { state: 'running', lateMs: HOUR }, 'failing'],
    ['not due', { state: 'not due' }, 'passing'],
    ['missing, which is A2', { state: 'missing' }, 'passing'],
  ] satisfies [string, Partial<FileCondition>, string][])('F2 of a file that is %s', (_, parts, verdict) => {
    expect(verdictOf('F2', alertInputs({ files: [{ ...file, ...parts }] }))).toBe(verdict);
  });

  it('F1 says which files, why, and how often they were tried', () => {
    const files = [
      { ...file, state: 'failed' as const, failure },
      { ...file, product: 'metadata', period: null },
    ];

    expect(findingsOf('F1', alertInputs({ files }))).toMatchObject([
      {
        subject: 'x',
        severity: 'critical',
        verdict: {
          formula: '1 of 2 files failed',
          summary: expect.stringContaining('weekly (ROWS_REFUSED after 3 attempts)'),
        },
      },
    ]);
  });

  it.each([
    ['all of them', [true, true], 'The last good files stay published.'],
    ['none of them', [false, false], 'There are no earlier files.'],
    ['one of them', [false, true], 'The last good files of daily stay published.'],
  ])('F1 says that the last good files stay where there is one: of %s', (_, [weekly = null, daily = null], text) => {
    const files = [
      { ...file, state: 'failed' as const, failure, hasFile: weekly },
      { ...file, state: 'failed' as const, failure, period: 'daily', hasFile: daily },
    ];

    const [finding] = findingsOf('F1', alertInputs({ files }));

    expect(finding?.verdict).toMatchObject({ summary: expect.stringMatching(new RegExp(`\\. ${text}$`)) });
  });

  it.each([
    [1, 480_001, 'failing'],
    [1, 480_000, 'passing'],
    [0, 900_000, 'passing'],
  ])('R1 with %d waiting, %d ms late, is %s', (waiting, lateMs, verdict) => {
    expect(
      verdictOf('R1', alertInputs({ records: [{ queue: 'records', waiting, oldestMs: lateMs + 120_000, lateMs }] })),
    ).toBe(verdict);
  });

  it.each([
    [900_001, 'failing'],
    [900_000, 'passing'],
    [0, 'passing'],
  ])('T1 of a queue that is throttled for %d ms is %s', (throttledMs, verdict) => {
    const inputs = alertInputs({ throttling: [{ queue: 'statistics', throttledMs }] });

    expect(verdictOf('T1', inputs)).toBe(verdict);
    expect(findingsOf('T1', inputs)).toMatchObject([{ subject: 'statistics', verdict: { value: throttledMs } }]);
  });

  it('L1 and L2 count rows of the log', () => {
    const inputs = alertInputs({
      logs: {
        uncategorized: 2,
        critical: new Map([
          ['x', 3],
          ['', 1],
        ]),
      },
    });

    expect(findingsOf('L1', inputs)).toMatchObject([{ subject: 'logs', verdict: { value: 2 } }]);
    expect(findingsOf('L2', inputs).map((finding) => finding.subject)).toEqual(['x', 'logs']);
  });
});
