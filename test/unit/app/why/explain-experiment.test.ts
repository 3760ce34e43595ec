import { describe, expect, it } from 'vitest';
import { explainExperiment } from '../../../../src/app/why/explain-experiment.ts';
import type { WhyRequest } from '../../../../src/domain/trace/explanation.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import { EXPORT_RUNS_TABLE } from '../../../../src/domain/monitoring-tables.ts';
import { METADATA } from '../../../../src/domain/object-metadata.ts';
import type { ObjectMetadata } from '../../../../src/ports/object-store.ts';
import { memoryWhyWorld } from '../../../support/memory-why-world.ts';
import { never } from '../../../support/metadata-world.ts';
import { memoryTable } from '../../../support/statistics-table.ts';
import type { TraceFile } from '../../../support/trace-cases.ts';
import { EXPERIMENT, metricRows, VERSION } from '../../../support/trace-world.ts';
import { putObject, WINDOW_TABLE_COLUMNS } from '../../../support/why-world.ts';

const TABLE = 'statistics_an_experiment_week_1';
const FILE = 'statistics/statistics_an_experiment_weekly.json';

const CASE: TraceFile = {
  name: 'a week',
  now: '2026-01-17T20:00:00Z',
  experiment: { ...EXPERIMENT, branches: [...EXPERIMENT.branches], segments: [] },
  analysisStart: null,
  config: { weekly: [{ name: 'days_of_use', bases: ['enrollments'] }] },
  primaryMetrics: [],
  tables: {},
  files: {},
  logs: [],
  skip: false,
  result: { cells: [], summary: {} },
};
const ROWS = metricRows({ metric: 'days_of_use' }).map((row) => ({ ...row }));

/** An experiment with a table of its first week, and no file. */
async function setup() {
  const world = await memoryWhyWorld(CASE);
  world.source.set(TABLE, memoryTable(ROWS, { columns: WINDOW_TABLE_COLUMNS, changedAt: Date.parse(VERSION) }));
  return {
    ...world,
    publish: (text: string, metadata: ObjectMetadata = { [METADATA.sourceVersion]: VERSION }) =>
      putObject(world.store, FILE, { text, metadata }),
    explain: (request: Partial<WhyRequest> = {}) =>
      explainExperiment(world.deps, { slug: EXPERIMENT.slug, ...request }, never),
  };
}

/** Where the metric was lost. */
async function fateOf(explaining: ReturnType<typeof explainExperiment>): Promise<unknown> {
  const { cells } = await explaining;
  const cell = cells.find(({ metric }) => metric === 'days_of_use');
  return cell?.lost === null || cell === undefined ? (cell?.lost ?? undefined) : `${cell.lost}: ${cell.reason}`;
}

describe('contrail why', () => {
  it('follows a metric from its table into its file', async () => {
    const { explain, publish } = await setup();
    const before = await fateOf(explain());
    await publish(JSON.stringify(ROWS.map((row) => ({ ...row, window_index: '1' }))));

    const { cells, problems, untraced } = await explain({ metric: 'days_of_use' });

    expect(before).toBe('published: no_file');
    expect(cells).toMatchObject([{ metric: 'days_of_use', window: 1, lost: null, view: 'card' }]);
    expect({ problems, untraced }).toEqual({ problems: [] });
  });

  it('leaves out a table that another experiment describes', async () => {
    const { explain, source } = await setup();
    const table = memoryTable(ROWS, { columns: WINDOW_TABLE_COLUMNS, changedAt: Date.parse(VERSION) });
    const fates: unknown[] = [];

    for (const description of ['an.experiment', EXPERIMENT.slug]) {
      source.set(TABLE, { ...table, description });
      fates.push(await fateOf(explain()));
    }

    expect(fates).toEqual(['computed: window_missing', 'published: no_file']);
  });

  it('knows which windows a rerun has brought back so far, until all are', async () => {
    const { explain, publish, source } = await setup();
    await publish('[]', { [METADATA.sourceVersion]: '2026-01-01T00:00:00.000Z', [METADATA.windows]: '1-3' });
    const during = await explain();
    for (const window of [2, 3]) {
      const table = memoryTable(ROWS, { columns: WINDOW_TABLE_COLUMNS, changedAt: Date.parse(VERSION) });
      source.set(`statistics_an_experiment_week_${window}`, table);
    }
    const after = await explain();

    expect([...during.rebuilding]).toEqual([['weekly', 'week 1 of 3']]);
    expect(await fateOf(Promise.resolve(during))).toBe('published: file_stale');
    expect([...after.rebuilding]).toEqual([]);
  });

  it('does not take the first words of another slug for an experiment', async () => {
    const { explain } = await setup();

    await expect(explain({ slug: 'an' })).rejects.toMatchObject({ code: 'EXPERIMENT_UNKNOWN' });
  });

  it('takes a slug as tables write it, and suggests one for a mistyped slug', async () => {
    const { explain } = await setup();

    expect(await explain({ slug: 'an_experiment' })).toMatchObject({ experiment: 'an-experiment' });
    await expect(explain({ slug: 'an-experimnt' })).rejects.toMatchObject({
      code: 'EXPERIMENT_UNKNOWN',
      sentence: expect.stringContaining('Did you mean an-experiment?'),
    });
  });

  it.each([
    [{ metric: 'day_of_use' }, 'Did you mean days_of_use?'],
    [{ metric: 'days_of_use', period: 'daily' as const }, 'It is expected in weekly.'],
    [{ metric: 'unlisted' }, 'defined in metric-hub, but no list'],
  ])('says about %j what is expected', async (request, text) => {
    const { explain, metricHub } = await setup();
    const tree = { 'definitions/firefox_desktop.toml': DEFINITIONS, 'jetstream/an-experiment.toml': LISTED };
    metricHub.commit(tree, 1);

    await expect(explain(request)).rejects.toMatchObject({
      code: 'METRIC_UNKNOWN',
      sentence: expect.stringContaining(text),
    });
  });

  it('says what there is of an experiment without a record', async () => {
    const { explain, experiments, publish } = await setup();
    await publish('[]', {});
    experiments.replace([]);

    const { cells, untraced } = await explain();

    expect(cells).toEqual([]);
    expect(untraced).toMatchObject({
      error: { code: 'EXPERIMENT_UNKNOWN', failureClass: 'content' },
      found: [{ period: 'weekly', tables: 1, file: `memory:${FILE}` }],
    });
  });

  it('says what there is while the experiments API is away', async () => {
    const { deps } = await setup();
    const error = new ContrailError('EXPERIMENTS_UNREADABLE', 'It is away.');
    const experiments = { ...deps.experiments, url: 'memory:', list: () => Promise.reject(error) };

    const { untraced } = await explainExperiment({ ...deps, experiments }, { slug: 'an-experiment' }, never);

    expect(untraced).toMatchObject({ error: { code: 'EXPERIMENTS_UNREADABLE' }, found: [{ period: 'weekly' }] });
  });

  it.each([
    [{ branches: 7, bucketConfig: null }, 'EXPERIMENT_MALFORMED'],
    [{ startDate: 'soon' }, 'EXPERIMENT_MALFORMED'],
    [{ outcomes: [{ slug: 'nowhere' }] }, 'CONFIGURATION_INVALID'],
  ])('takes a record with %j as the answer', async (changes, code) => {
    const { explain, experiments } = await setup();
    const [record] = (await experiments.fetch(never)) as object[];
    experiments.replace([{ ...record, ...changes }]);

    expect((await explain()).untraced?.error).toMatchObject({ code, failureClass: 'content' });
  });

  it('leaves out a period whose table cannot be read, and keeps the others', async () => {
    const { explain, source, metricHub } = await setup();
    const error = new ContrailError('QUERY_FAILED', 'It is broken.');
    source.set('statistics_an_experiment_day_1', { ...memoryTable([]), error });
    const lists = `${LISTED}daily = ["days_of_use"]\n`;
    metricHub.commit({ 'definitions/firefox_desktop.toml': DEFINITIONS, 'jetstream/an-experiment.toml': lists }, 1);

    const { cells, problems } = await explain();

    expect(new Set(cells.map(({ period }) => period))).toEqual(new Set(['weekly']));
    expect(problems).toEqual([error]);
  });

  it.each([
    ['[{"metric":"days_of_use"', {}, 'FILE_MALFORMED'],
    ['[{]}]', {}, 'FILE_MALFORMED'],
    ['[]', { [METADATA.experiment]: 'an_experiment' }, 'SLUG_CONFLICT'],
  ])('makes no trace from the file %s with %j', async (text, metadata, code) => {
    const { explain, publish } = await setup();
    await publish(text, metadata);

    expect((await explain()).untraced?.error).toMatchObject({ code });
  });

  it('traces without log rows if they cannot be read, and says so', async () => {
    const { deps } = await setup();
    const error = new ContrailError('ACCESS_DENIED', 'Not allowed.');
    const reader = { rows: () => Promise.reject(error) };

    const { cells, problems } = await explainExperiment({ ...deps, reader }, { slug: 'an-experiment' }, never);

    expect(cells).not.toEqual([]);
    expect(problems).toEqual([error]);
  });

  it('tells of the newest export if it failed, and forgets failures before a success', async () => {
    const { explain, sink } = await setup();
    const run = (hour: number, outcome: string) => ({
      run_id: `run-${hour}`,
      finished_at: `2026-01-17T0${hour}:00:00Z`,
      started_at: `2026-01-17T0${hour}:00:00Z`,
      contrail_version: '0.1.0',
      experiment: 'an-experiment',
      product: 'statistics',
      period: 'weekly',
      outcome,
      error_code: outcome === 'failed' ? 'ROWS_REFUSED' : null,
      error_message: outcome === 'failed' ? 'Refused.' : null,
    });
    await sink.append({ id: '1', table: EXPORT_RUNS_TABLE, rows: [run(2, 'failed'), run(1, 'published')] }, never);
    const failed = await explain();
    await sink.append({ id: '2', table: EXPORT_RUNS_TABLE, rows: [run(3, 'published')] }, never);

    expect(failed.failedExports).toEqual(new Map([['weekly', { code: 'ROWS_REFUSED', message: 'Refused.' }]]));
    expect((await explain()).failedExports).toEqual(new Map());
  });

  it('finds an old file in a warehouse without times by the version of its view', async () => {
    const { explain, source, publish } = await setup();
    const table = memoryTable(ROWS, { columns: WINDOW_TABLE_COLUMNS });
    source.set(TABLE, { ...table, version: 'f0000000000000001' });
    source.set('statistics_an_experiment_weekly', { ...table, version: 'f0000000000000002' });
    await publish('[]', { [METADATA.sourceVersion]: 'f0000000000000003' });

    expect(await fateOf(explain())).toBe('published: file_stale');
  });
});

const DEFINITIONS = `[data_sources.main]
from_expression = "t"
${['days_of_use', 'unlisted']
  .map(
    (name) => `[metrics.${name}]
data_source = "main"
select_expression = "1"
analysis_bases = ["enrollments"]
[metrics.${name}.statistics.linear_model_mean]
`,
  )
  .join('')}`;
const LISTED = '[metrics]\nweekly = ["days_of_use"]\n';
