import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../src/adapters/memory/seeded-random.ts';
import { planRetry } from '../../../../src/app/retry/retry-plan.ts';
import { retryFailed } from '../../../../src/app/retry/retry-failed.ts';
import type { Run } from '../../../../src/app/runs/read-runs.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import { MONITORING_JOB } from '../../../../src/jobs/monitoring-job.ts';
import { STATISTICS_JOB } from '../../../../src/jobs/statistics-job.ts';
import { statisticsFiles } from '../../../../src/producer/statistics-files.ts';
import { CHANGED_AT, makePlanWorld } from '../../../support/plan-world.ts';

const FILE_ID = `my_slug.weekly.${CHANGED_AT}`;
const TASK_ID = 'query-cost.2026-01-14.1';

function runOf(changes: Partial<Run>): Run {
  const unknown = { code: undefined, message: undefined, source: undefined, rows: undefined, worker: undefined };
  const measured = { durationMs: undefined, bytesWritten: undefined, costUsd: undefined };
  const job = { queue: 'statistics', jobId: FILE_ID, attempt: 1, finishedAt: CHANGED_AT, product: 'statistics' };
  return { ...unknown, ...measured, ...job, experiment: 'my-slug', period: 'weekly', outcome: 'failed', ...changes };
}

const TASK_RUN = runOf({
  queue: 'monitoring',
  jobId: TASK_ID,
  product: 'query_cost',
  experiment: undefined,
  period: undefined,
});

async function setup() {
  const world = makePlanWorld();
  world.api.replace([{ slug: 'my-slug' }]);
  world.tables(['statistics_my_slug_weekly']);
  const planFiles = async () => statisticsFiles(await world.plan());
  await world.enqueue((await world.plan()).due);
  const payload = { version: 1, task: 'query-cost', day: '2026-01-14' };
  await world.queue.enqueue(MONITORING_JOB.queue, [{ id: TASK_ID, name: TASK_ID, payload }], world.never);
  return {
    ...world,
    /** Lets what waits fail for good. */
    fail: async () => {
      const refuse = () => Promise.reject(new ContrailError('ROWS_REFUSED', 'Too many rows.'));
      for (const name of [STATISTICS_JOB.queue, MONITORING_JOB.queue]) await world.queue.run(name, refuse);
    },
    retry: async (runs: readonly Run[]) => {
      const deps = { queue: world.queue, clock: world.clock, random: seededRandom(1) };
      return retryFailed(deps, planRetry(runs, await planFiles(), []), world.never);
    },
    state: async (queue: string, id: string) => (await world.queue.find(queue, [id], world.never))[0]?.state,
  };
}

describe('retryFailed', () => {
  it('enqueues failed files and tasks again, also those of which no scan tries the same content again', async () => {
    const { fail, retry, state } = await setup();
    await fail();

    const retried = await retry([runOf({}), TASK_RUN]);

    expect(retried.map(({ end }) => end)).toEqual(['enqueued', 'enqueued']);
    expect(await state(STATISTICS_JOB.queue, FILE_ID)).toBe('waiting');
    expect(await state(MONITORING_JOB.queue, TASK_ID)).toBe('waiting');
  });

  it('enqueues nothing twice', async () => {
    const { fail, retry } = await setup();
    await fail();
    await retry([runOf({}), TASK_RUN]);

    const again = await retry([runOf({}), TASK_RUN]);

    expect(again.map(({ end, reason }) => [end, reason])).toEqual([
      ['queued', 'already queued'],
      ['queued', 'already queued'],
    ]);
  });

  it('enqueues what the queue has forgotten', async () => {
    const { retry, state } = await setup();
    const forgotten = { ...TASK_RUN, jobId: 'check-alerts.7' };

    expect(await retry([forgotten])).toMatchObject([{ end: 'enqueued' }]);
    expect(await state(MONITORING_JOB.queue, 'check-alerts.7')).toBe('waiting');
  });

  it('tells what it leaves', async () => {
    const { retry } = await setup();

    expect(await retry([runOf({ period: 'daily' })])).toMatchObject([{ end: 'left', reason: expect.any(String) }]);
  });
});
