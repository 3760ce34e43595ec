import { describe, expect, it } from 'vitest';
import { ContrailError } from '../../../src/domain/errors.ts';
import { makePlanWorld, namesOf } from '../../support/plan-world.ts';

describe('a selection', () => {
  function manyTables() {
    const world = makePlanWorld();
    world.api.replace([
      { slug: 'a-b', appName: 'fenix' },
      { slug: 'c', appName: 'firefox_ios' },
      { slug: 'without-tables', appName: 'focus' },
    ]);
    world.tables(['statistics_a_b_daily', 'statistics_a_b_weekly', 'statistics_c_weekly', 'statistics_d_e_weekly']);
    return world;
  }

  it.each([
    [{ experiments: ['a-b'] }, ['a-b daily', 'a-b weekly']],
    [{ experiments: ['a-b', 'c'] }, ['a-b daily', 'a-b weekly', 'c weekly']],
    [{ experiments: ['d_e'] }, ['d_e weekly']],
    [{ experiments: ['d-e'] }, ['d_e weekly']],
    [{ experiments: ['without-tables'] }, []],
    [{ experiments: ['a_b'] }, ['a-b daily', 'a-b weekly']],
    [{ periods: ['daily', 'overall'] }, ['a-b daily']],
    [{ apps: ['fenix'] }, ['a-b daily', 'a-b weekly']],
    [{ apps: ['fenix', 'firefox_ios'], periods: ['weekly'] }, ['a-b weekly', 'c weekly']],
    [{ apps: ['focus'] }, []],
  ] as const)('%j has %j', async (selection, names) => {
    const { plan } = manyTables();

    expect(namesOf((await plan(selection)).due)).toEqual(names);
  });

  it.each([
    [{ experiments: ['a-c'] }, 'EXPERIMENT_UNKNOWN', 'Did you mean a-b?'],
    [{ experiments: ['a_bb'] }, 'EXPERIMENT_UNKNOWN', 'Did you mean a-b?'],
    [{ experiments: ['d_f'] }, 'EXPERIMENT_UNKNOWN', 'Did you mean d_e?'],
    [{ experiments: ['without-table'] }, 'EXPERIMENT_UNKNOWN', 'Did you mean without-tables?'],
    [
      { experiments: ['c', 'quite-another'] },
      'EXPERIMENT_UNKNOWN',
      'Neither the experiments API nor the warehouse has it.',
    ],
    [{ apps: ['klar'] }, 'USAGE', 'The applications are fenix, firefox_ios, focus.'],
  ] as const)('of something unknown, %j, is refused with %s and a hint', async (selection, code, hint) => {
    const { plan } = manyTables();

    await expect(plan(selection)).rejects.toMatchObject({ code, hint });
  });

  it('of a slug does not have another experiment with the same normal form', async () => {
    const { plan, tables, api } = makePlanWorld();
    api.replace([
      { slug: 'a-b', startDate: '2026-01-02' },
      { slug: 'a_b', startDate: '2026-01-01' },
    ]);
    tables(['statistics_a_b_weekly']);

    const { due, refused } = await plan({ experiments: ['a-b'] });

    expect([namesOf(due), namesOf(refused)]).toEqual([[], ['a-b weekly']]);
  });

  it('of a slug that ends like a period has what the descriptions of tables say', async () => {
    const { plan, source } = makePlanWorld();
    const table = { columns: [], batches: [], changedAt: 0, description: 'x-preenrollment' };
    source.set('statistics_x_preenrollment_weekly', table);

    const { due } = await plan({ experiments: ['x-preenrollment'] });

    expect(namesOf(due)).toEqual(['x-preenrollment weekly']);
    await expect(plan({ experiments: ['x'] })).rejects.toMatchObject({ code: 'EXPERIMENT_UNKNOWN' });
  });

  it('of an application while the API does not answer says so', async () => {
    const world = manyTables();
    world.api.list = () => Promise.reject(new ContrailError('EXPERIMENTS_UNREADABLE', 'down'));

    await expect(world.plan({ apps: ['fenix'] })).rejects.toMatchObject({ code: 'EXPERIMENTS_UNREADABLE' });
  });

  it('leaves a refused file of others aside', async () => {
    const { plan, api, tables } = makePlanWorld();
    tables(['statistics_my_slug_weekly']);
    api.replace([{ slug: 'my-slug' }, { slug: 'my.slug' }, { slug: 'c' }]);

    expect((await plan({ experiments: ['c'] })).refused).toEqual([]);
  });
});
