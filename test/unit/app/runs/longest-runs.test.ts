import { expect, it } from 'vitest';
import { longestRuns } from '../../../../src/app/runs/longest-runs.ts';
import type { Run } from '../../../../src/app/runs/read-runs.ts';
import type { DueFile } from '../../../../src/producer/product-plan.ts';

const file = (experiment: string): DueFile => ({
  product: 'statistics',
  experiment,
  period: 'weekly',
  reason: 'changed',
  queue: 'statistics',
  jobId: () => experiment,
  payload: () => ({}),
});

const run = (experiment: string, durationMs: number | undefined, changes: Partial<Run> = {}): Run => ({
  queue: 'statistics',
  jobId: experiment,
  attempt: 1,
  finishedAt: 1_000,
  product: 'statistics',
  experiment,
  period: 'weekly',
  outcome: 'published',
  code: undefined,
  message: undefined,
  source: undefined,
  durationMs,
  rows: undefined,
  bytesWritten: undefined,
  costUsd: undefined,
  worker: undefined,
  ...changes,
});

it('ranks the files of a plan by the last run that made them', () => {
  const runs = [
    run('slow', 90_000),
    run('slow', 5),
    run('quick', 10),
    run('quick', 900_000, { period: 'overall' }),
    run('failed', 800_000, { outcome: 'failed' }),
    run('failed', 20),
    run('unknown', undefined),
    run('not planned', 700_000),
  ];

  const longest = longestRuns(runs, ['quick', 'slow', 'failed', 'unknown', 'never'].map(file), 2);

  expect(longest.map(({ file: { experiment }, durationMs }) => [experiment, durationMs])).toEqual([
    ['slow', 90_000],
    ['failed', 20],
  ]);
});
