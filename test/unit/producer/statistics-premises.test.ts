import { expect, it } from 'vitest';
import { METADATA } from '../../../src/domain/object-metadata.ts';
import { exportTable } from '../../../src/workers/statistics/export-table.ts';
import { makePlanWorld, namesOf, VERSION } from '../../support/plan-world.ts';
import { memoryTable, statisticsRow } from '../../support/statistics-table.ts';

const RECORD = {
  slug: 'my-slug',
  appName: 'fenix',
  startDate: '2026-01-01',
  outcomes: [{ slug: 'an_outcome', priority: 'primary' }],
  branches: [{ slug: 'control', ratio: 1 }],
  referenceBranch: 'control',
};
const CONSOLE = { isPrimary: true, branches: ['control'], lacksReferenceBranch: false };

function setup(periods: readonly string[]) {
  const world = makePlanWorld();
  world.api.replace([RECORD]);
  world.tables(periods.map((period) => `statistics_my_slug_${period}`));
  return {
    ...world,
    /** Publishes a current file that was made on these premises. */
    made: (period: string, premises: Record<string, string>) =>
      world.publish(
        '[]',
        { [METADATA.sourceVersion]: VERSION, ...premises },
        `statistics/statistics_my_slug_${period}.json`,
      ),
    due: async () => namesOf((await world.plan()).due),
  };
}

it('has overall again when the experiment has a primary outcome now, or none any more', async () => {
  const { made, due } = setup(['overall']);

  await made('overall', { [METADATA.primary]: 'true' });
  expect(await due()).toEqual([]);

  await made('overall', { [METADATA.primary]: 'false' });
  expect(await due()).toEqual(['my-slug overall']);
});

it('has files with exposures alone again when no earlier file has enrollments any more', async () => {
  const { made, due } = setup(['daily', 'weekly', 'overall']);
  await made('weekly', { [METADATA.bases]: 'exposures' });
  await made('overall', { [METADATA.bases]: 'exposures' });
  await made('daily', { [METADATA.bases]: 'enrollments,exposures' });
  expect(await due()).toEqual([]);

  await made('daily', { [METADATA.bases]: '' });

  expect(await due()).toEqual(['my-slug weekly', 'my-slug overall']);
});

it('leaves files alone that tell no premises: another program, or an older version, made them', async () => {
  const { made, due } = setup(['daily', 'weekly', 'overall']);
  for (const period of ['daily', 'weekly', 'overall']) await made(period, {});

  expect(await due()).toEqual([]);
});

it('is settled by an export that looks at the table although its version is published', async () => {
  const { made, due, plan, deps, request, source, head } = setup(['overall']);
  source.set(
    'statistics_my_slug_overall',
    memoryTable([statisticsRow({ metric: 'identity', statistic: 'count', point: 4 })], {
      changedAt: Date.parse(VERSION),
    }),
  );
  await made('overall', { [METADATA.primary]: 'false' });
  const [file] = (await plan()).due;

  const { outcome } = await exportTable(
    deps,
    request({ period: 'overall', record: CONSOLE, hasNewPremises: file?.hasNewPremises ?? false }),
  );

  expect(outcome.kind).toBe('published');
  expect((await head('statistics/statistics_my_slug_overall.json'))?.metadata[METADATA.primary]).toBe('true');
  expect(await due()).toEqual([]);
});
