import { describe, expect, it } from 'vitest';
import { ContrailError } from '../../../src/domain/errors.ts';
import { explainMissingResults } from '../../../src/producer/known-experiments.ts';
import { makePlanWorld } from '../../support/plan-world.ts';

function setup() {
  const world = makePlanWorld();
  world.api.replace([{ slug: 'my-slug' }, { slug: 'listed-only' }]);
  world.tables([
    'statistics_my_slug_weekly',
    'statistics_my_slug_daily',
    'statistics_tables_only_week_1',
    'statistics_x_overall',
  ]);
  const explain = (experiment: string, signal = world.never) =>
    explainMissingResults(world, { experiment, period: 'days28' }, signal);
  return { ...world, explain };
}

describe('why there are no results', () => {
  it('is told with the periods that have some', async () => {
    const { explain } = setup();

    expect(await explain('my-slug')).toMatchObject({
      code: 'RESULTS_MISSING',
      message: 'my-slug has no days28 results.',
      hint: 'It has results for daily, weekly.',
      subject: 'statistics_my_slug_days28',
    });
  });

  it.each([
    ['a-b', 'weekly'],
    ['a_b', 'weekly'],
    ['a.b', undefined],
  ])('is told of %s, among slugs that are alike in names, by the descriptions of tables', async (slug, period) => {
    const { explain, api, source } = setup();
    api.replace([{ slug: 'a.b' }, { slug: 'a-b' }]);
    source.set('statistics_a_b_weekly', { columns: [], batches: [], changedAt: 0, description: 'a-b' });

    const hint = period === undefined ? 'has no view or table statistics_a_b_days28' : `It has results for ${period}.`;
    expect((await explain(slug)).hint).toContain(hint);
  });

  it.each(['listed-only', 'tables-only', 'logged-only'])(
    'is told of %s, which is known by something else',
    async (slug) => {
      const { explain, sink, never } = setup();
      await sink.append({ id: '1', table: 'logs', rows: [{ experiment: 'logged-only' }] }, never);

      expect(await explain(slug)).toMatchObject({
        code: 'RESULTS_MISSING',
        hint: expect.stringContaining('has no view or table statistics_'),
      });
    },
  );

  it.each([
    ['my-slig', 'Did you mean my-slug?'],
    // Words that tables of other experiments begin with.
    ['my', 'Neither the experiments API nor the warehouse has it.'],
    ['tables', 'Neither the experiments API nor the warehouse has it.'],
    ['nothing-like-it', 'Neither the experiments API nor the warehouse has it.'],
  ])('is that nobody knows %s', async (slug, hint) => {
    const { explain } = setup();

    expect(await explain(slug)).toMatchObject({
      code: 'EXPERIMENT_UNKNOWN',
      message: `Unknown experiment "${slug}".`,
      hint,
    });
  });

  it('is told without an API or a log that cannot be read', async () => {
    const { explain, api, sink } = setup();
    api.list = () => Promise.reject(new ContrailError('EXPERIMENTS_UNREADABLE', 'down'));
    sink.loggedExperiments = () => Promise.reject(new Error('down'));

    expect(await explain('x1')).toMatchObject({ code: 'EXPERIMENT_UNKNOWN', hint: 'Did you mean x?' });
    expect(await explain('my-slug')).toMatchObject({ code: 'RESULTS_MISSING' });
  });
});
