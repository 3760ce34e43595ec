import { expect, it, vi } from 'vitest';
import { planTables } from '../../../src/producer/plan-tables.ts';
import { makePlanWorld, namesOf, VERSION } from '../../support/plan-world.ts';
import { memoryTable, statisticsRow } from '../../support/statistics-table.ts';

const WEEKLY = 'statistics_my_slug_weekly';

function setup() {
  const world = makePlanWorld();
  world.api.replace([{ slug: 'my-slug' }, { slug: 'other' }]);
  world.tables([WEEKLY, 'statistics_my_slug_daily', 'statistics_other_weekly', 'statistics_my_slug_2_weekly']);
  return {
    ...world,
    planAll: world.plan,
    plan: (...names: readonly string[]) => planTables(world.deps, names, world.never),
  };
}

it('has the file of the table alone, as a plan of everything has it', async () => {
  const { plan, planAll } = setup();
  const all = await planAll();

  const { plan: found, missing } = await plan(WEEKLY);

  expect(found.due).toEqual(all.due.filter(({ table }) => table === WEEKLY));
  expect(namesOf([...found.due, ...found.skipped, ...found.refused])).toEqual(['my-slug weekly']);
  expect([found.absent, missing]).toEqual([[], []]);
});

it('has the files of several tables, each once', async () => {
  const { plan } = setup();

  const { plan: found } = await plan(WEEKLY, 'statistics_other_weekly', WEEKLY);

  expect(namesOf(found.due)).toEqual(['my-slug weekly', 'other weekly']);
});

it('lists only tables and objects of the experiments of the tables', async () => {
  const { plan, source, store } = setup();
  const tables = vi.spyOn(source, 'listTables');
  const objects = vi.spyOn(store, 'list');

  await plan(WEEKLY, 'statistics_my_slug_daily');

  expect(tables.mock.calls.map(([, beginnings]) => beginnings)).toEqual([
    ['statistics_my_slug_', 'enrollments_my_slug', 'my_slug_enrollments_', 'my_slug_exposures_'],
  ]);
  expect(objects.mock.calls.map(([prefix]) => prefix)).toEqual(['statistics/statistics_my_slug_']);
});

it('has the file of a view when a table of one of its windows has changed', async () => {
  const { plan, source } = setup();
  source.setView('statistics_rolled_weekly', 1);
  source.set('statistics_rolled_week_2', memoryTable([statisticsRow({ window_index: 2 })], { changedAt: 5 }));

  const { plan: found } = await plan('statistics_rolled_week_2');

  expect(found.due).toMatchObject([{ table: 'statistics_rolled_weekly', experiment: 'rolled', period: 'weekly' }]);
});

it('gives an ambiguous name to the experiment that it is of', async () => {
  const { plan, tables, api } = setup();
  api.replace([{ slug: 'x' }, { slug: 'x-preenrollment' }]);
  tables(['statistics_x_preenrollment_weekly', 'statistics_x_weekly']);

  const { plan: found } = await plan('statistics_x_preenrollment_weekly');

  expect(namesOf(found.due)).toEqual(['x-preenrollment weekly']);
});

it('skips a file that is current', async () => {
  const { plan, file } = setup();
  await file(WEEKLY, VERSION);

  const { plan: found } = await plan(WEEKLY);

  expect([found.due, found.skipped.map(({ reason }) => reason)]).toEqual([[], ['current']]);
});

it('names a table that is missing, and notes it at its file', async () => {
  const { plan, source, file } = setup();
  source.remove(WEEKLY);
  await file(WEEKLY, VERSION);

  const { plan: found, missing } = await plan(WEEKLY, 'statistics_never_daily');

  expect(missing).toEqual([WEEKLY, 'statistics_never_daily']);
  expect(found.skipped).toMatchObject([{ experiment: 'my-slug', lacking: { kind: 'gone' }, note: {} }]);
});

it('ignores names that no statistics table has, and then lists nothing', async () => {
  const { plan, source } = setup();
  const tables = vi.spyOn(source, 'listTables');

  const { plan: found, missing } = await plan('enrollments_my_slug', '', 'statistics_');

  expect([found.due, missing, tables.mock.calls]).toEqual([[], [], []]);
});
