import { describe, expect, it } from 'vitest';
import { ContrailError } from '../../../src/domain/errors.ts';
import { METADATA } from '../../../src/domain/object-metadata.ts';
import { memoryTable } from '../../support/statistics-table.ts';
import { CHANGED_AT, makePlanWorld, namesOf, VERSION } from '../../support/plan-world.ts';

const WEEKLY = 'statistics_my_slug_weekly';

function setup() {
  const world = makePlanWorld();
  world.api.replace([{ slug: 'my-slug', appName: 'fenix', startDate: '2026-01-01' }]);
  world.tables([WEEKLY]);
  return world;
}

describe('a plan', () => {
  it('has a file that is not there yet as new, with what the export needs', async () => {
    const { plan } = setup();

    expect(await plan()).toEqual({
      absent: ['daily', 'days28', 'overall', 'preenrollment_weekly', 'preenrollment_days28'].map((period) => ({
        experiment: 'my-slug',
        period,
        isExpected: period === 'daily',
      })),
      due: [
        {
          experiment: 'my-slug',
          period: 'weekly',
          knownBy: 'api',
          record: { isPrimary: false, lacksReferenceBranch: false },
          found: { source: VERSION, object: undefined },
          hasNewPremises: false,
          isSettled: false,
          table: WEEKLY,
          reason: 'new',
          sourceVersion: VERSION,
          seen: { generation: 'absent', metadata: {} },
          rows: 2,
          bytes: undefined,
        },
      ],
      skipped: [],
      refused: [],
      problems: [],
    });
  });

  it('has a file whose table has changed, with the object as it is', async () => {
    const { plan, file } = setup();
    const object = await file(WEEKLY, '2026-01-14T00:00:00.000Z');

    const { due } = await plan();

    expect(due).toEqual([
      expect.objectContaining({
        reason: 'changed',
        seen: { generation: object.generation, metadata: object.metadata },
      }),
    ]);
  });

  it('carries no more of the object’s metadata than the export needs', async () => {
    const { plan, publish } = setup();
    await publish('[]', { [METADATA.sha256]: 'x', [METADATA.rows]: '7', [METADATA.experiment]: 'my-slug', other: 'y' });

    const { due } = await plan();

    expect(due[0]?.seen.metadata).toEqual({ [METADATA.sha256]: 'x', [METADATA.experiment]: 'my-slug' });
  });

  it('skips a table whose object is current', async () => {
    const { plan, file } = setup();
    await file(WEEKLY, VERSION);

    const { due, skipped } = await plan();

    expect([due, skipped]).toEqual([[], [expect.objectContaining({ table: WEEKLY, reason: 'current' })]]);
  });

  it('skips a table whose object is newer: an export would leave it, again and again', async () => {
    const { plan, file } = setup();
    await file(WEEKLY, new Date(CHANGED_AT + 1).toISOString());

    const { due, skipped } = await plan();

    expect([due, skipped]).toEqual([[], [expect.objectContaining({ reason: 'newer than the source' })]]);
  });

  it('has every file when that is forced', async () => {
    const { plan, file, tables } = setup();
    tables(['statistics_my_slug_daily', 'statistics_my_slug_overall']);
    await file(WEEKLY, VERSION);
    await file('statistics_my_slug_overall', new Date(CHANGED_AT + 1).toISOString());

    const { due, skipped } = await plan({ force: true });

    expect(due.map((entry) => [entry.period, entry.reason])).toEqual([
      ['daily', 'forced'],
      ['weekly', 'forced'],
      ['overall', 'forced'],
    ]);
    expect(skipped).toEqual([]);
  });

  it('has an object that another program made as changed', async () => {
    const { plan, publish } = setup();
    await publish('[]');

    expect((await plan()).due).toEqual([expect.objectContaining({ reason: 'changed' })]);
  });

  it('takes no notice of per-window tables, of other tables, and of other objects', async () => {
    const { plan, tables, publish } = setup();
    tables(['statistics_my_slug_week_1', 'enrollments_my_slug', 'my_slug_weekly', 'statistics_my_slug']);
    await publish('[]', { [METADATA.sourceVersion]: VERSION }, 'metadata/statistics_my_slug_weekly.json');

    expect(namesOf((await plan()).due)).toEqual(['my-slug weekly']);
  });

  it('is in the order of experiments and periods', async () => {
    const { plan, tables, api } = setup();
    api.replace([{ slug: 'b' }, { slug: 'a' }]);
    tables(['statistics_b_overall', 'statistics_b_daily', 'statistics_a_preenrollment_weekly', 'statistics_a_weekly']);

    expect(namesOf((await plan()).due)).toEqual([
      'a weekly',
      'a preenrollment_weekly',
      'b daily',
      'b overall',
      'my_slug weekly',
    ]);
  });

  it('is the same for the same state', async () => {
    const { plan } = setup();

    expect(await plan()).toEqual(await plan());
  });

  it('is of nothing where nothing is', async () => {
    const { plan } = makePlanWorld();

    expect(await plan()).toEqual({ due: [], skipped: [], refused: [], absent: [], problems: [] });
  });
});

describe('a table is given', () => {
  it('to the experiment of the API whose normal form its name has, else to what the name tells', async () => {
    const { plan, tables } = setup();
    tables(['statistics_Other_Slug_daily']);

    expect((await plan()).due.map((due) => [due.experiment, due.knownBy])).toEqual([
      ['Other_Slug', 'tables'],
      ['my-slug', 'api'],
    ]);
  });

  it('by the longest period, where only its name tells', async () => {
    const { plan, tables } = makePlanWorld();
    tables(['statistics_x_preenrollment_weekly', 'statistics_foo_weekly_daily']);

    expect(namesOf((await plan()).due)).toEqual(['foo_weekly daily', 'x preenrollment_weekly']);
  });

  it('to a known experiment whose slug ends like a period', async () => {
    const { plan, tables, api } = makePlanWorld();
    api.replace([{ slug: 'x-preenrollment' }]);
    tables(['statistics_x_preenrollment_weekly']);

    expect(namesOf((await plan()).due)).toEqual(['x-preenrollment weekly']);
  });

  it('to the experiment that started first; the other is refused, and both are named', async () => {
    const { plan, api } = setup();
    api.replace([
      { slug: 'my.slug', startDate: '2026-01-02' },
      { slug: 'my-slug', startDate: '2026-01-01' },
      { slug: 'my slug', startDate: null },
    ]);

    const { due, refused } = await plan();

    expect(namesOf(due)).toEqual(['my-slug weekly']);
    expect(namesOf(refused)).toEqual(['my.slug weekly', 'my slug weekly']);
    expect(refused[0]?.error).toMatchObject({
      code: 'SLUG_CONFLICT',
      message: expect.stringContaining(`The experiments my-slug and my.slug would share the table ${WEEKLY}`),
    });
  });

  it.each([
    ['my.slug', true],
    ['my-slug', false],
    [undefined, undefined],
  ])('of which the refused one has a file where that is of %s: %s', async (owner, hasFile) => {
    const { plan, api, publish } = setup();
    api.replace([
      { slug: 'my-slug', startDate: '2026-01-01' },
      { slug: 'my.slug', startDate: '2026-01-02' },
    ]);
    const { refused: before } = await plan();
    await publish('[]', owner === undefined ? {} : { [METADATA.experiment]: owner });

    const { refused } = await plan();

    expect([before[0]?.hasFile, refused[0]?.hasFile]).toEqual([false, hasFile]);
  });

  it('to the experiment that describes its tables, among slugs that are alike', async () => {
    const { plan, api, source } = setup();
    api.replace([
      { slug: 'my-slug', startDate: '2026-01-01' },
      { slug: 'my.slug', startDate: '2026-01-02' },
    ]);
    source.set('statistics_my_slug_week_1', { ...memoryTable([]), description: 'my.slug' });
    source.set(WEEKLY, { ...memoryTable([]), kind: 'view' });

    const { due, refused } = await plan();

    expect([namesOf(due), refused]).toEqual([['my.slug weekly'], []]);
  });

  it('to one of two experiments that describe its tables; the other is refused', async () => {
    const { plan, api, source } = setup();
    api.replace([{ slug: 'my-slug' }]);
    source.set(WEEKLY, { ...memoryTable([]), kind: 'view' });
    source.set('statistics_my_slug_week_1', { ...memoryTable([]), description: 'my.slug' });
    source.set('statistics_my_slug_week_2', { ...memoryTable([]), description: 'my-slug' });

    const { due, refused } = await plan();

    expect([namesOf(due), namesOf(refused)]).toEqual([['my-slug weekly'], ['my.slug weekly']]);
    expect(refused[0]?.error.code).toBe('SLUG_CONFLICT');
  });

  it('under the exact slug, if its tables are described and the API lists no such experiment', async () => {
    const { plan, api, source } = setup();
    api.replace([]);
    source.set(WEEKLY, { ...memoryTable([]), kind: 'view' });
    source.set('statistics_my_slug_week_1', { ...memoryTable([]), description: 'my-slug' });

    expect((await plan()).due).toMatchObject([{ experiment: 'my-slug', knownBy: 'tables' }]);
  });

  it('once to an experiment that the API lists twice', async () => {
    const { plan, api } = setup();
    api.replace([{ slug: 'my-slug' }, { slug: 'my-slug' }]);

    const { due, refused } = await plan();

    expect([due.length, refused]).toEqual([1, []]);
  });
});

describe('what cannot be read', () => {
  it('stops no other: a view that fails is refused with its error', async () => {
    const { plan, source, tables } = setup();
    tables(['statistics_my_slug_daily']);
    const error = new ContrailError('QUERY_FAILED', 'broken');
    source.set(WEEKLY, { ...memoryTable([]), error });

    const { due, refused } = await plan();

    expect(namesOf(due)).toEqual(['my-slug daily']);
    expect(refused).toEqual([expect.objectContaining({ table: WEEKLY, error })]);
  });

  it('makes the plan poorer, and that is told: an API that does not answer', async () => {
    const world = setup();
    const error = new ContrailError('EXPERIMENTS_UNREADABLE', 'down');
    world.api.list = () => Promise.reject(error);

    const { due, problems } = await world.plan();

    expect(due).toEqual([expect.objectContaining({ experiment: 'my_slug', knownBy: 'tables', reason: 'new' })]);
    expect(problems).toEqual([error]);
  });

  it('makes the plan poorer, and that is told: a record of the API', async () => {
    const { plan, api } = setup();
    api.replace([{ slug: 'my-slug' }, { slug: 7 }]);

    const { due, problems } = await plan();

    expect(namesOf(due)).toEqual(['my-slug weekly']);
    expect(problems.map((problem) => problem.code)).toEqual(['EXPERIMENT_MALFORMED']);
  });

  it('is no problem but the end, where the work was aborted', async () => {
    const world = setup();
    world.api.list = () => Promise.reject(new Error('stop'));
    const { planStatistics } = await import('../../../src/producer/plan-statistics.ts');
    const selection = { experiments: [], periods: [], apps: [], force: false };

    const planning = planStatistics(world.deps, selection, AbortSignal.abort(new Error('stop')));

    await expect(planning).rejects.toThrow('stop');
  });
});
