import { expect, it } from 'vitest';
import { findStrayJobs } from '../../../src/app/stray-jobs.ts';
import { STATISTICS_JOB } from '../../../src/jobs/statistics-job.ts';
import { queueStates } from '../../../src/queue/queue-states.ts';
import { makePlanWorld } from '../../support/plan-world.ts';

async function setup() {
  const world = makePlanWorld();
  world.api.replace([{ slug: 'my-slug' }, { slug: 'other.one' }]);
  world.tables(['statistics_my_slug_weekly', 'statistics_my_slug_daily', 'statistics_other_one_weekly']);
  const { due } = await world.plan();
  await world.enqueue(due);
  return {
    ...world,
    strays: async (slugs: readonly string[]) => {
      const known = due
        .filter(({ experiment }) => slugs.includes(experiment))
        .map((file) => ({ ...file, product: 'statistics' as const }));
      return findStrayJobs(world.queue, { known, queues: await queueStates(world.queue) }, world.never);
    },
  };
}

it('names experiments that have jobs and no file, with how many jobs', async () => {
  const { strays } = await setup();

  expect(await strays(['my-slug', 'other.one'])).toEqual([]);
  expect(await strays(['my-slug'])).toEqual([{ experiment: 'other.one', jobs: 1 }]);
  expect(await strays(['other.one'])).toEqual([{ experiment: 'my-slug', jobs: 2 }]);
});

it('leaves out jobs that have ended', async () => {
  const { strays, queue } = await setup();
  await queue.run(STATISTICS_JOB.queue, async () => ({ kind: 'skipped', reason: 'x' }));

  expect(await strays([])).toEqual([]);
});
