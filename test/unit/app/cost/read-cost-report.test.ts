import { describe, expect, it } from 'vitest';
import { MemoryMonitoringReader } from '../../../../src/adapters/memory/monitoring-reader.ts';
import { MemoryMonitoringSums } from '../../../../src/adapters/memory/monitoring-sums.ts';
import { MemoryRecordSink } from '../../../../src/adapters/memory/record-sink.ts';
import { MemoryRecordStage } from '../../../../src/adapters/memory/record-stage.ts';
import { MemoryStatisticsSource } from '../../../../src/adapters/memory/statistics-source.ts';
import { seededRandom } from '../../../../src/adapters/memory/seeded-random.ts';
import { VirtualClock } from '../../../../src/adapters/memory/virtual-clock.ts';
import { groupCosts } from '../../../../src/app/cost/group-costs.ts';
import { readCostReport } from '../../../../src/app/cost/read-cost-report.ts';
import { costNotes } from '../../../../src/cli/cost/cost-notes.ts';
import { ExperimentsByTable } from '../../../../src/domain/query-cost-name.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import type { RecordRow } from '../../../../src/ports/record-sink.ts';

const NOW = Date.parse('2026-01-15T12:00:00Z');
const never = new AbortController().signal;

function query(day: string, table: string, usd: number, changes: RecordRow = {}): RecordRow {
  const cost = { total_bytes_processed: 1_000, total_slot_ms: 3_600, cost_usd: usd };
  return {
    submission_timestamp: `${day}T04:00:00Z`,
    destination_table: table,
    experiment_slug: null,
    ...cost,
    ...changes,
  };
}

function run(day: string, experiment: string | null, usd: number | null, changes: RecordRow = {}): RecordRow {
  return {
    run_id: `${experiment}.${day}.1`,
    finished_at: `${day}T05:00:00Z`,
    queue: 'statistics',
    job_id: `${experiment}.${day}`,
    attempt: 1,
    product: experiment === null ? 'query' : 'statistics',
    experiment,
    period: experiment === null ? null : 'weekly',
    source: experiment === null ? 'query:live' : `statistics_${experiment}_weekly`,
    outcome: 'published',
    bytes_billed: usd === null ? null : 500,
    slot_ms: usd === null ? null : 100,
    cost_usd: usd,
    ...changes,
  };
}

function importRun(day: string, changes: RecordRow = {}): RecordRow {
  const job = { run_id: day, job_id: `query-cost.${day}.1`, product: 'query_cost', source: 'query-cost' };
  return run(day, null, null, { finished_at: '2026-01-15T03:00:00Z', ...job, ...changes });
}

interface Tables {
  readonly queries?: readonly RecordRow[];
  readonly runs?: readonly RecordRow[];
  readonly waiting?: readonly RecordRow[];
  readonly slugs?: readonly string[];
  readonly source?: MemoryStatisticsSource;
}

async function setup({ queries = [], runs = [], waiting = [], slugs = [], source }: Tables) {
  const sink = new MemoryRecordSink();
  const stage = new MemoryRecordStage({ clock: new VirtualClock(NOW), random: seededRandom(1), windowMs: 60_000 });
  const experiments = slugs.map((slug) => ({ normandy_slug: slug }));
  await sink.append({ id: 'queries', table: 'query_cost_v1', rows: [...queries] }, never);
  await sink.append({ id: 'runs', table: 'export_runs_v1', rows: [...runs] }, never);
  await sink.append({ id: 'experiments', table: 'experimenter_experiments_v1', rows: experiments }, never);
  if (waiting.length > 0) await stage.stage({ id: 'waiting', table: 'export_runs_v1', rows: [...waiting] });
  const sources = {
    reader: new MemoryMonitoringReader(sink),
    sums: new MemoryMonitoringSums(sink),
    stage,
    source: source ?? new MemoryStatisticsSource(),
  };
  return (day?: string, now = NOW) => readCostReport(sources, { day, now }, never);
}

const notesOf = (report: Awaited<ReturnType<typeof readCostReport>>, now = NOW): string[] =>
  costNotes(report, { now, dailyAfterMs: 3 * 3_600_000 });

describe('the costs of a day', () => {
  it('are those of the analysis and of Contrail, of that day in UTC only', async () => {
    const report = await setup({
      queries: [
        query('2026-01-13', 'statistics_a_week_1', 8),
        query('2026-01-14', 'statistics_a_week_1', 1),
        query('2026-01-15', 'statistics_a_week_1', 16, { submission_timestamp: '2026-01-15T00:00:00Z' }),
      ],
      runs: [run('2026-01-14', 'a', 0.25), run('2026-01-14', 'b', null), run('2026-01-13', 'a', 4)],
    });

    const { day, entries } = await report('2026-01-14');

    expect(day).toBe('2026-01-14');
    expect(entries.map(({ kind, table, usd }) => [kind, table, usd])).toEqual([
      ['analysis', 'statistics_a_week_1', 1],
      ['contrail', 'statistics_a_weekly', 0.25],
    ]);
    expect(notesOf(await report('2026-01-14'))).toEqual([]);
  });

  it('count runs that wait in Redis, each once', async () => {
    const both = run('2026-01-14', 'a', 1);
    const report = await setup({
      runs: [both],
      waiting: [both, run('2026-01-14', 'b', 2), run('2026-01-14', 'c', null)],
    });

    const { entries, month } = await report('2026-01-14');

    expect(entries.map(({ experiment, usd }) => [experiment, usd])).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    expect(month.costs.contrail).toMatchObject({ usd: 3, queries: 2 });
  });

  it('come with those of the month until then', async () => {
    const queries = ['2025-12-31', '2026-01-01', '2026-01-14', '2026-01-15'].map((day) => query(day, 'x', 1));
    const report = await setup({ queries, runs: [run('2026-01-02', 'a', 0.5)] });

    const { month } = await report('2026-01-14');

    expect(month).toMatchObject({ from: '2026-01-01', to: '2026-01-14' });
    expect([month.costs.analysis.usd, month.costs.contrail.usd]).toEqual([2, 0.5]);
    expect(month.daysWithoutAnalysis).toHaveLength(12);
  });

  it('are those of the newest complete day that was imported', async () => {
    const queries = [query('2026-01-13', 'x', 1), query('2026-01-15', 'x', 1)];
    const report = await setup({ queries });

    const shown = await report();

    expect([shown.day, shown.isComplete, shown.newerWithout]).toEqual(['2026-01-13', true, ['2026-01-14']]);
    expect(notesOf(shown)).toEqual([expect.stringMatching(/2026-01-14 are not imported; .* Shown is 2026-01-13/)]);
    expect(notesOf(shown, Date.parse('2026-01-15T02:00:00Z'))).toEqual([
      expect.stringContaining('not imported yet: that is done after 2026-01-15 03:00 UTC.'),
    ]);
  });

  it('are those of yesterday where an import found no query', async () => {
    const report = await setup({ queries: [query('2026-01-13', 'x', 1)], runs: [importRun('2026-01-14')] });

    const shown = await report();

    expect([shown.day, shown.analysis]).toEqual(['2026-01-14', { state: 'imported' }]);
    expect(notesOf(shown)).toEqual(['The analysis ran no query on 2026-01-14.']);
  });

  it('say why there are none', async () => {
    const failed = { outcome: 'failed', error_code: 'ACCESS_DENIED', error_message: 'No right to list jobs.' };
    const report = await setup({ runs: [importRun('2026-01-13', failed)] });

    expect(notesOf(await report('2026-01-13'))).toEqual([
      expect.stringMatching(/failed \(ACCESS_DENIED: No right to list jobs\.\).*run query-cost --date 2026-01-13/),
    ]);
    expect(notesOf(await report('2026-01-12'))).toEqual([expect.stringContaining('imports them daily')]);
    expect(notesOf(await report('2026-01-15'))).toEqual([
      expect.stringContaining('not imported yet: that is done after 2026-01-16 03:00 UTC'),
      '2026-01-15 is not over: its costs still grow.',
    ]);
    expect((await report()).day).toBe('2026-01-14');
  });
});

describe('who caused the costs', () => {
  it('is told by experiment: the longest known slug that fits the table, then the name alone', async () => {
    const report = await setup({
      queries: [
        query('2026-01-14', 'statistics_my_test_week_1', 1, { experiment_slug: 'my-test' }),
        query('2026-01-14', 'my_test_2_enrollments_week_1', 2, { experiment_slug: 'my-test-2' }),
        query('2026-01-14', 'statistics_unknown_one_week_1', 3, { experiment_slug: 'unknown-one' }),
        query('2026-01-14', 'odd', 0.5),
      ],
      runs: [run('2026-01-14', 'my.test.2', 0.25), run('2026-01-14', null, 0.125)],
      slugs: ['my-test', 'my.test.2'],
    });

    const { entries, experiments } = await report('2026-01-14');
    const groups = groupCosts(entries, 'experiment', experiments);

    expect(groups.map(({ name, usd, usdByKind }) => [name, usd, usdByKind.contrail])).toEqual([
      ['unknown-one', 3, 0],
      ['my.test.2', 2.25, 0.25],
      ['my-test', 1, 0],
      [undefined, 0.625, 0.125],
    ]);
    expect(groups.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  });

  it.each([
    ['by the description where slugs are alike in names', undefined, 'a.b'],
    ['by names if the tables cannot be listed', new ContrailError('ACCESS_DENIED', 'May not be read.'), 'a-b'],
  ])('is told %s', async (_, problem, owner) => {
    const listed: (readonly string[] | undefined)[] = [];
    const source = new MemoryStatisticsSource();
    source.set('statistics_a_b_week_1', { columns: [], batches: [], changedAt: NOW, description: 'a.b' });
    const list = source.listTables.bind(source);
    source.listTables = (signal, beginnings) => {
      listed.push(beginnings);
      return problem === undefined ? list(signal, beginnings) : Promise.reject(problem);
    };
    const queries = [query('2026-01-14', 'statistics_a_b_week_1', 1), query('2026-01-14', 'statistics_c_week_1', 2)];
    const report = await setup({ queries, slugs: ['a-b', 'a.b', 'c'], source });

    const { entries, experiments } = await report('2026-01-14');

    expect(groupCosts(entries, 'experiment', experiments).map(({ name }) => name)).toEqual(['c', owner]);
    expect(listed).toEqual([['statistics_a_b_week_1']]);
  });

  it('lists no tables where the names tell', async () => {
    const source = new MemoryStatisticsSource();
    source.listTables = () => Promise.reject(new Error('not needed'));
    const report = await setup({ queries: [query('2026-01-14', 'statistics_a_week_1', 1)], slugs: ['a', 'b'], source });

    expect((await report('2026-01-14')).experiments.find('statistics_a_week_1')).toBe('a');
  });

  it('is told by kind and by table', async () => {
    const report = await setup({
      queries: [query('2026-01-14', 't', 1), query('2026-01-14', 't', 2, { experiment_slug: 'a' })],
      runs: [run('2026-01-14', 'a', 0.5, { source: null })],
    });

    const { entries, experiments } = await report('2026-01-14');

    expect(groupCosts(entries, 'kind', experiments).map(({ name, usd, queries }) => [name, usd, queries])).toEqual([
      ['analysis', 3, 2],
      ['contrail', 0.5, 1],
    ]);
    expect(groupCosts(entries, 'table', experiments).map(({ name, usd }) => [name, usd])).toEqual([
      ['t', 3],
      ['a weekly', 0.5],
    ]);
  });

  it('is nobody where nothing cost anything', () => {
    expect(groupCosts([], 'experiment', new ExperimentsByTable([]))).toEqual([]);
  });
});
