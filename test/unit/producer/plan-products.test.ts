import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/adapters/memory/seeded-random.ts';
import { MemoryExperimentLogs } from '../../../src/adapters/memory/experiment-logs.ts';
import { ContrailError } from '../../../src/domain/errors.ts';
import { METADATA } from '../../../src/domain/object-metadata.ts';
import { enqueueFiles } from '../../../src/producer/enqueue-files.ts';
import type { MetadataVersion } from '../../../src/producer/plan-metadata.ts';
import { planProducts, type ProductSelection } from '../../../src/producer/plan-products.ts';
import { nameOfFile, type ProductPlan, PRODUCTS } from '../../../src/producer/product-plan.ts';
import { ErrorsPayload } from '../../../src/jobs/errors-job.ts';
import { MetadataPayload } from '../../../src/jobs/metadata-job.ts';
import { memoryTable, numberedRows } from '../../support/statistics-table.ts';
import { makePlanWorld } from '../../support/plan-world.ts';

const EVERYTHING: ProductSelection = { experiments: [], periods: [], apps: [], force: false, products: PRODUCTS };
const HOUR = 3_600_000;

function setup() {
  const world = makePlanWorld();
  const resolved = new Map<string, MetadataVersion | ContrailError>();
  const deps = {
    ...world.deps,
    logs: new MemoryExperimentLogs(world.sink),
    analysisLeadMs: HOUR / 2,
    withUnanalysedMetadata: true,
    resolveMetadata: async ({ slug }: { readonly slug: string }): Promise<MetadataVersion> => {
      const found = resolved.get(slug) ?? { version: 'f0000000000000001' };
      if (found instanceof ContrailError) throw found;
      return found;
    },
  };
  let batches = 0;
  return {
    ...world,
    resolved,
    deps,
    plan: (selection: Partial<ProductSelection> = {}) =>
      planProducts(deps, { ...EVERYTHING, ...selection }, world.never),
    log: (row: Record<string, string | null>) =>
      world.sink.append(
        {
          id: `row-${(batches += 1)}`,
          table: 'logs',
          rows: [
            {
              timestamp: '2026-01-15T05:00:00Z',
              message: 'm',
              exception_type: 'ValueError',
              source: 'jetstream',
              ...row,
            },
          ],
        },
        world.never,
      ),
    /** Publishes all that is due, as workers would. */
    publishAll: async ({ due }: ProductPlan) => {
      for (const file of due) {
        const payload = file.payload('new', []) as { readonly sourceVersion: string };
        const name = `${file.product}/${file.product}_${file.experiment.replaceAll('-', '_')}${file.period === undefined ? '' : `_${file.period}`}.json`;
        await world.publish('[]', { [METADATA.sourceVersion]: payload.sourceVersion }, name);
      }
    },
  };
}

function dueOf({ due }: ProductPlan): string[] {
  return due.map((file) => `${nameOfFile(file)} ${file.reason}`);
}

describe('the plan of all products', () => {
  it('has statistics, errors and metadata of an experiment with results, and nothing once all is published', async () => {
    const { plan, tables, api, publishAll } = setup();
    api.replace([{ slug: 'my-slug' }, { slug: 'without-results' }]);
    tables(['statistics_my_slug_weekly', 'statistics_my_slug_week_1']);

    const first = await plan();
    await publishAll(first);
    const second = await plan();

    expect(dueOf(first)).toEqual(['my-slug weekly new', 'my-slug errors new', 'my-slug metadata new']);
    expect(dueOf(second)).toEqual([]);
  });

  it('has no metadata of what only tables tell of, which have no record', async () => {
    const { plan, tables } = setup();
    tables(['statistics_my_slug_weekly']);

    expect(dueOf(await plan())).toEqual(['my_slug weekly new', 'my_slug errors new']);
  });

  it('has the errors file of an experiment that only its log rows tell of, under the slug that was logged', async () => {
    const { plan, log } = setup();
    await log({ experiment: 'only-logged' });

    expect(dueOf(await plan())).toEqual(['only-logged errors new']);
  });

  it('tells of records that cannot be read, with the slug where it is known', async () => {
    const { plan, api } = setup();
    api.replace([{ slug: 'my-slug', startDate: 'soon' }]);

    const { malformed, problems } = await plan();

    expect(malformed).toMatchObject([{ slug: 'my-slug', error: { code: 'EXPERIMENT_MALFORMED' } }]);
    expect(problems).toHaveLength(1);
  });

  it('is of the selected products alone', async () => {
    const { plan, tables, api } = setup();
    api.replace([{ slug: 'my-slug' }]);
    tables(['statistics_my_slug_weekly']);

    expect(dueOf(await plan({ products: ['errors'] }))).toEqual(['my-slug errors new']);
  });

  it('refuses a slug that nobody knows, and takes one that only log rows tell of', async () => {
    const { plan, log } = setup();
    await log({ experiment: 'only-logged' });

    await expect(plan({ experiments: ['only-loged'] })).rejects.toMatchObject({
      code: 'EXPERIMENT_UNKNOWN',
      hint: expect.stringContaining('only-logged') as unknown,
    });
    expect(dueOf(await plan({ experiments: ['only-logged'] }))).toEqual(['only-logged errors new']);
  });
});

describe('a source that cannot be read', () => {
  const away = new ContrailError('ACCESS_DENIED', 'May not be read.');
  const refuse = () => Promise.reject(away);

  function withResults() {
    const world = setup();
    world.api.replace([{ slug: 'a' }, { slug: 'b' }]);
    world.tables(['statistics_a_weekly', 'statistics_b_weekly']);
    return world;
  }

  it('stops the errors files alone where it is the log rows', async () => {
    const { plan, sink } = withResults();
    sink.loggedExperiments = refuse;

    const found = await plan();

    expect(dueOf(found)).toEqual(['a weekly new', 'b weekly new', 'a metadata new', 'b metadata new']);
    expect(found.failures).toEqual([{ products: ['errors', 'metadata'], error: away }]);
  });

  it.each([
    ['statistics/', 'statistics', 4],
    ['errors/', 'errors', 4],
    ['metadata/', 'metadata', 4],
  ])('stops one product where it is the listing of %s', async (prefix, product, due) => {
    const { plan, store, never } = withResults();
    const list = store.list.bind(store);
    store.list = (name) => (name === prefix ? refuse() : list(name, never));

    const found = await plan();

    expect(found.due.filter((file) => file.product === product)).toEqual([]);
    expect(found.due).toHaveLength(due);
    expect(found.failures).toEqual([{ products: [product], error: away }]);
  });

  it('stops what needs the records where it is the experiments API, and is told once', async () => {
    const { plan, api, tables } = withResults();
    tables(['statistics_a_week_1']);
    api.list = refuse;

    const found = await plan();

    // When enrollment ended decides which rows an errors file of a known run has.
    expect(dueOf(found)).toEqual(['a weekly new', 'b weekly new', 'b errors new']);
    expect(found.failures).toEqual([{ products: ['errors', 'metadata'], error: away }]);
    expect(found.problems).toEqual([]);
  });

  it('is named instead of an experiment or an application that it alone would know', async () => {
    const { plan, api } = withResults();
    api.list = refuse;

    await expect(plan({ experiments: ['c'] })).rejects.toBe(away);
    await expect(plan({ apps: ['fenix'] })).rejects.toBe(away);
  });

  it('stops what is about runs, and no statistics, where it is the times of the tables of windows', async () => {
    const { plan, source, tables } = withResults();
    tables(['statistics_a_week_1']);
    const describeTables = source.describeTables.bind(source);
    source.describeTables = (names, signal) =>
      names.includes('statistics_a_week_1') ? refuse() : describeTables(names, signal);

    const found = await plan();

    expect(dueOf(found)).toEqual(['a weekly new', 'b weekly new']);
    expect(found.failures).toEqual([{ products: ['errors', 'metadata'], error: away }]);
  });
});

describe('an errors file', () => {
  async function published() {
    const world = setup();
    world.api.replace([{ slug: 'my-slug' }]);
    world.tables(['statistics_my_slug_weekly']);
    await world.publishAll(await world.plan());
    const errorsDue = async () => dueOf(await world.plan({ products: ['errors'] }));
    return { ...world, errorsDue };
  }

  it('is due when a log row has come, and not when Contrail has logged', async () => {
    const { log, errorsDue } = await published();

    await log({ experiment: 'my-slug', source: 'contrail' });
    const afterOurs = await errorsDue();
    await log({ experiment: 'my-slug' });
    const afterTheirs = await errorsDue();

    expect(afterOurs).toEqual([]);
    expect(afterTheirs).toEqual(['my-slug errors changed']);
  });

  it('is due when a new analysis moves the time from which rows count', async () => {
    const { tables, errorsDue } = await published();

    tables(['statistics_my_slug_week_1'], Date.parse('2026-01-15T05:00:00Z'));

    expect(await errorsDue()).toEqual(['my-slug errors changed']);
  });

  it('counts from the start in the published metadata file, also once the tables are gone', async () => {
    const { log, plan, publish, source, tables } = await published();
    await log({ experiment: 'my-slug' });
    tables(['statistics_my_slug_week_1'], Date.parse('2026-01-15T05:00:00Z'));
    const facts = { [METADATA.analysisStart]: '2026-01-14T03:00:00.000Z' };
    await publish('{}', facts, 'metadata/metadata_my_slug.json');
    const startOf = async () => {
      const { due } = await plan({ products: ['errors'], force: true });
      return due.map((file) => ErrorsPayload.parse(file.payload('new', [])).analysisStart);
    };

    const touched = await startOf();
    source.remove('statistics_my_slug_week_1');
    source.remove('statistics_my_slug_weekly');
    const gone = await startOf();

    expect(touched).toEqual(['2026-01-14T03:00:00.000Z']);
    expect(gone).toEqual(touched);
  });

  it('is not planned where the start in the metadata file cannot be read', async () => {
    const { plan, store, tables, never } = await published();
    tables(['statistics_my_slug_week_1'], Date.parse('2026-01-15T05:00:00Z'));
    const away = new ContrailError('ACCESS_DENIED', 'May not be listed.');
    const list = store.list.bind(store);
    store.list = (name) => (name === 'metadata/' ? Promise.reject(away) : list(name, never));

    const { due, failures } = await plan({ products: ['errors'] });

    expect(due).toEqual([]);
    expect(failures).toEqual([{ products: ['errors'], error: away }]);
  });

  it('is asked for with what its job needs: when the analysis began, when enrollment ended', async () => {
    const { plan, api, tables } = setup();
    api.replace([{ slug: 'my-slug', enrollmentEndDate: '2026-01-05' }]);
    tables(['statistics_my_slug_week_1'], Date.parse('2026-01-15T05:00:00Z'));

    const { due } = await plan({ products: ['errors'] });

    expect(ErrorsPayload.parse(due[0]?.payload('new', []))).toMatchObject({
      experiment: 'my-slug',
      knownBy: 'api',
      analysisStart: '2026-01-15T04:30:00.000Z',
      enrollmentEnd: '2026-01-05',
    });
  });
});

describe('a metadata file', () => {
  function withResults() {
    const world = setup();
    world.api.replace([{ slug: 'a' }, { slug: 'b' }]);
    world.tables(['statistics_a_weekly', 'statistics_b_weekly']);
    return world;
  }

  it('is due when what it would hold is another', async () => {
    const { plan, publishAll, resolved } = withResults();
    await publishAll(await plan());

    resolved.set('b', { version: 'f0000000000000002' });

    expect(dueOf(await plan())).toEqual(['b metadata changed']);
  });

  it('is not due where there must be none', async () => {
    const { plan, resolved } = withResults();
    resolved.set('a', { nothing: 'the experiment is private' });

    const { skipped, absent } = await plan({ products: ['metadata'] });

    expect(skipped).toEqual([]);
    expect(absent).toEqual([
      {
        product: 'metadata',
        experiment: 'a',
        isExpected: false,
        reason: 'the experiment is private',
        found: { source: undefined, object: undefined },
      },
    ]);
  });

  describe('of an experiment that is not analysed', () => {
    const metadataDue = async ({ plan }: ReturnType<typeof setup>, selection: Partial<ProductSelection> = {}) =>
      (await plan({ ...selection, products: ['metadata'] })).due.map(({ experiment }) => experiment);

    it('is due once it has started, and never of drafts, previews and rollouts', async () => {
      const world = setup();
      world.clock.now = () => Date.parse('2026-01-15T00:00:00Z');
      world.api.replace([
        { slug: 'draft', startDate: null },
        { slug: 'rollout', startDate: '2026-01-01', isRollout: true },
        { slug: 'started', startDate: '2026-01-15' },
        { slug: 'tomorrow', startDate: '2026-01-16' },
        { slug: 'ended', startDate: '2025-01-01', endDate: '2025-02-01' },
      ]);

      expect(await metadataDue(world)).toEqual(['ended', 'started']);
      expect(await metadataDue(world, { experiments: ['started'] })).toEqual(['started']);
    });

    it('is not due of drafts and rollouts that only have log rows', async () => {
      const world = setup();
      world.api.replace([{ slug: 'draft' }, { slug: 'rollout', startDate: '2026-01-01', isRollout: true }]);
      await world.log({ experiment: 'draft' });
      await world.log({ experiment: 'rollout' });

      expect(await metadataDue(world)).toEqual([]);
    });

    it('is due of a rollout once it has window tables', async () => {
      const world = setup();
      const rollout = { startDate: '2026-01-01', isRollout: true };
      world.api.replace([
        { ...rollout, slug: 'with-view' },
        { ...rollout, slug: 'with-windows' },
      ]);
      world.tables(['statistics_with_view_weekly', 'statistics_with_windows_week_1']);

      expect(await metadataDue(world)).toEqual(['with-windows']);
    });

    it('is not due without the setting', async () => {
      const world = setup();
      world.deps.withUnanalysedMetadata = false;
      world.api.replace([
        { slug: 'logged', startDate: '2026-01-01' },
        { slug: 'started', startDate: '2026-01-01' },
        { slug: 'with-results', startDate: '2026-01-01' },
      ]);
      world.tables(['statistics_with_results_weekly']);
      await world.log({ experiment: 'logged' });

      expect(await metadataDue(world)).toEqual(['with-results']);
    });

    it('is left to the one with results, else to the older, where two would share the file', async () => {
      const world = setup();
      world.api.replace([
        { slug: 'a_b', startDate: '2026-01-02' },
        { slug: 'a-b', startDate: '2026-01-01' },
        { slug: 'c_d', startDate: '2026-01-02' },
        { slug: 'c-d', startDate: '2026-01-01' },
      ]);
      await world.log({ experiment: 'c_d' });

      expect(await metadataDue(world)).toEqual(['a-b', 'c_d']);
    });

    it('is due without a start, and later with one', async () => {
      const world = setup();
      world.api.replace([{ slug: 'my-slug', startDate: '2026-01-01' }]);
      const starts = async () =>
        (await world.plan({ products: ['metadata'] })).due.map(
          (file) => MetadataPayload.parse(file.payload('new', [])).analysisStart,
        );

      const before = await starts();
      world.tables(['statistics_my_slug_week_1']);

      expect([...before, ...(await starts())]).toEqual([null, '2026-01-14T23:30:00.000Z']);
    });
  });

  it('that cannot be made stops no other', async () => {
    const { plan, resolved } = withResults();
    resolved.set('a', new ContrailError('CONFIGURATION_INVALID', 'No such metric.'));

    const found = await plan({ products: ['metadata'] });

    expect(dueOf(found)).toEqual(['b metadata new']);
    expect(found.refused).toMatchObject([
      { product: 'metadata', experiment: 'a', error: { message: 'No such metric.' } },
    ]);
  });

  it('stops no other product where metric-hub cannot be read at all', async () => {
    const { plan, resolved } = withResults();
    resolved.set('a', new ContrailError('METRIC_HUB_UNREADABLE', 'Away.'));

    const found = await plan();

    expect(found.failures).toMatchObject([{ products: ['metadata'], error: { message: 'Away.' } }]);
    expect(dueOf(found)).toHaveLength(4);
  });

  it('is asked for with what its results tell: the begin of the run, or their content where tables have no times', async () => {
    const { plan, api, tables, source } = setup();
    api.replace([{ slug: 'a' }, { slug: 'b' }, { slug: 'c' }]);
    tables(['statistics_a_week_1', 'statistics_a_weekly', 'statistics_b_weekly']);
    source.set('statistics_c_weekly', {
      ...memoryTable(numberedRows(1), { changedAt: 0 }),
      version: 'f0000000000000001',
    });

    const { due } = await plan({ products: ['metadata'] });

    const payloads = due.map((file) => MetadataPayload.parse(file.payload('new', [])));
    expect(payloads).toEqual([
      expect.objectContaining({ experiment: 'a', analysisStart: '2026-01-14T23:30:00.000Z' }),
      expect.objectContaining({ experiment: 'b', analysisStart: '2026-01-14T23:30:00.000Z' }),
      expect.objectContaining({ experiment: 'c', analysisContent: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown }),
    ]);
  });

  it('is asked for after the results that are due with it', async () => {
    const { plan, queue, clock, never } = withResults();

    const { due } = await plan({ experiments: ['a'] });
    const { enqueued } = await enqueueFiles(
      { queue, clock, random: seededRandom(1) },
      due,
      { retryFailed: false },
      never,
    );

    const [statistics, errors, metadata] = enqueued.map(({ jobId }) => jobId);
    const [job] = await queue.find('metadata', [metadata ?? ''], never);
    expect(MetadataPayload.parse(job?.payload).after).toEqual([
      { queue: 'statistics', id: statistics },
      { queue: 'errors', id: errors },
    ]);
  });
});
