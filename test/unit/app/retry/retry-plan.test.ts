import { describe, expect, it } from 'vitest';
import { planRetry, stillFailed } from '../../../../src/app/retry/retry-plan.ts';
import type { Run } from '../../../../src/app/runs/read-runs.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import { type DueFile, EMPTY_PLAN, type ProductPlan } from '../../../../src/producer/product-plan.ts';

const NOW = Date.parse('2026-01-15T12:00:00Z');

function runOf(changes: Partial<Run> = {}): Run {
  return {
    queue: 'statistics',
    jobId: 'my_slug.weekly.1',
    attempt: 3,
    finishedAt: NOW,
    product: 'statistics',
    experiment: 'my-slug',
    period: 'weekly',
    outcome: 'failed',
    code: 'ROWS_REFUSED',
    message: undefined,
    source: undefined,
    durationMs: undefined,
    rows: undefined,
    bytesWritten: undefined,
    costUsd: undefined,
    worker: undefined,
    ...changes,
  };
}

function taskRun(jobId: string, changes: Partial<Run> = {}): Run {
  return runOf({ queue: 'monitoring', jobId, experiment: undefined, period: undefined, ...changes });
}

function dueFile(changes: Partial<DueFile> = {}): DueFile {
  const file = { product: 'statistics', experiment: 'my-slug', period: 'weekly' } as const;
  return { ...file, reason: 'changed', queue: 'statistics', jobId: () => 'id', payload: () => ({}), ...changes };
}

const planOf = (changes: Partial<ProductPlan>): ProductPlan => ({ ...EMPTY_PLAN, ...changes });

describe('stillFailed', () => {
  it('leaves out what has succeeded or was cancelled since, and what is being retried', () => {
    const later = { finishedAt: NOW + 1 };
    const runs = [
      runOf(),
      runOf({ experiment: 'mended' }),
      runOf({ experiment: 'mended', outcome: 'published', ...later }),
      runOf({ experiment: 'stopped' }),
      runOf({ experiment: 'stopped', outcome: 'cancelled', ...later }),
      runOf({ experiment: 'trying', outcome: 'retrying' }),
      runOf({ experiment: 'again', outcome: 'retrying', ...later }),
      runOf({ experiment: 'again' }),
    ];

    expect(stillFailed(runs, []).map(({ experiment }) => experiment)).toEqual(['my-slug', 'again']);
  });

  it('takes a failed task as done only when the same task has succeeded since', () => {
    const failed = (jobId: string) => taskRun(jobId, { product: 'alerts' });
    const done = (jobId: string, source: string) =>
      taskRun(jobId, { product: 'alerts', outcome: 'published', source, finishedAt: NOW + 1 });
    const runs = [
      failed('check-alerts.7'),
      failed('sample-ratio.2026-01-15.1'),
      failed('query-cost.2026-01-13.3'),
      failed('query-cost.2026-01-14.1'),
      done('check-alerts.8', 'check-alerts'),
      done('query-cost.2026-01-14.2', 'query-cost'),
    ];

    expect(stillFailed(runs, []).map(({ jobId }) => jobId)).toEqual([
      'sample-ratio.2026-01-15.1',
      'query-cost.2026-01-13.3',
    ]);
  });

  it('leaves out tasks when experiments are named', () => {
    const runs = [runOf(), runOf({ experiment: 'other' }), taskRun('check-alerts.7')];

    expect(stillFailed(runs, ['my_slug']).map(({ experiment }) => experiment)).toEqual(['my-slug']);
    expect(stillFailed(runs, ['other']).map(({ experiment }) => experiment)).toEqual(['other']);
  });
});

describe('planRetry', () => {
  it('takes the due files whose runs failed, and no others', () => {
    const due = dueFile();
    const others = [dueFile({ period: 'daily' }), dueFile({ experiment: 'other' })];

    const plan = planRetry([runOf()], planOf({ due: [...others, due] }), []);

    expect(plan).toEqual({ files: [{ run: runOf(), due }], tasks: [], left: [] });
  });

  it('finds the file of an experiment that was known only by its tables', () => {
    const due = dueFile();

    expect(planRetry([runOf({ experiment: 'my_slug' })], planOf({ due: [due] }), []).files).toMatchObject([{ due }]);
  });

  it('says why a file is not due', () => {
    const file = { product: 'statistics', experiment: 'my-slug', period: 'weekly' } as const;
    const error = new ContrailError('SLUG_CONFLICT', 'Two experiments.');
    const reasonFrom = (changes: Partial<ProductPlan>) => planRetry([runOf()], planOf(changes), []).left[0]?.reason;

    expect([
      reasonFrom({ skipped: [{ ...file, reason: 'current' }] }),
      reasonFrom({ skipped: [{ ...file, reason: 'source gone' }] }),
      reasonFrom({ refused: [{ ...file, error }] }),
      reasonFrom({ failures: [{ products: ['statistics'], error }] }),
      reasonFrom({ absent: [{ ...file, isExpected: true }] }),
      reasonFrom({}),
    ]).toEqual([
      'the published file is current',
      'source gone',
      'Two experiments.',
      'it could not be planned: Two experiments.',
      'its table or view is gone',
      'the experiment is gone, or has nothing to publish any more',
    ]);
  });

  it('asks for tasks under the ids they had', () => {
    const runs = ['check-alerts.7', 'query-cost.2026-01-14.2', 'query.my-query.1768435200000'].map((id) => taskRun(id));

    const { tasks } = planRetry(runs, EMPTY_PLAN, ['my-query']);

    expect(tasks.map(({ jobId, payload }) => [jobId, payload])).toEqual([
      ['check-alerts.7', { version: 1, task: 'check-alerts' }],
      ['query-cost.2026-01-14.2', { version: 1, task: 'query-cost', day: '2026-01-14' }],
      ['query.my-query.1768435200000', { version: 1, task: 'query', name: 'my-query', tick: 1768435200000 }],
    ]);
  });

  it('makes a job of a query that failed in a command', () => {
    const run = taskRun('query.my-query.run-1a2b3c4d', { queue: 'run', source: 'query:my-query' });

    expect(planRetry([run], EMPTY_PLAN, ['my-query']).tasks).toMatchObject([{ jobId: `query.my-query.${NOW}` }]);
  });

  it('leaves queries that are no longer configured, and jobs whose ids say nothing', () => {
    const runs = ['query.old.1768435200000', 'mystery.7', 'query.old', 'query-cost.soon.1'].map((id) => taskRun(id));

    expect(planRetry(runs, EMPTY_PLAN, []).left.map(({ reason }) => reason)).toEqual([
      'the query is no longer configured',
      'it cannot be asked for again',
      'it cannot be asked for again',
      'it cannot be asked for again',
    ]);
  });
});
