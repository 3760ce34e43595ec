import { describe, expect, it } from 'vitest';
import { MemoryMonitoringReader } from '../../../../src/adapters/memory/monitoring-reader.ts';
import type { EnrollmentFunnel } from '../../../../src/alerts/enrollment-funnel.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import type { MonitoringReader } from '../../../../src/ports/monitoring-reader.ts';
import { readAlertInputs } from '../../../../src/workers/monitoring/alert-sources.ts';
import { readRecentLogs } from '../../../../src/workers/monitoring/recent-logs.ts';
import { monitoringFixture } from '../../../support/monitoring-fixture.ts';
import { recordedLog } from '../../../support/recorded-log.ts';
import { makeStatisticsWorld, NOW } from '../../../support/statistics-world.ts';

const [RECORD] = monitoringFixture<Record<string, unknown>[]>('experimenter_experiments/input.json');

const LEFT_OUT = RECORD?.['slug'];

const away = () => Promise.reject(new ContrailError('ACCESS_DENIED', 'May not be read.'));

function setup() {
  const world = makeStatisticsWorld();
  const reader: MonitoringReader = new MemoryMonitoringReader(world.sink);
  const deps = {
    experimentRecords: { url: 'memory:', fetch: (): Promise<unknown> => Promise.resolve([]) },
    source: world.source,
    store: world.store,
    reader,
    clock: world.clock,
    log: recordedLog(),
    countsLimit: { bytes: 100, setting: 'COUNTS' },
    funnel: (): Promise<EnrollmentFunnel> => Promise.resolve({ kind: 'absent' }),
    leftOut: () => Promise.resolve(({ slug }: { readonly slug: string }) => slug === LEFT_OUT),
    files: () => Promise.resolve({ files: [], unread: new Set<string>() }),
    analysisLeadMs: 30 * 60_000,
    queries: [],
    waiting: () => Promise.resolve([]),
    throttling: () => Promise.resolve([]),
  };
  const missing = async () => {
    const { sources } = await readAlertInputs(deps, world.never);
    return Object.entries(sources).flatMap(([name, reading]) => (reading.kind === 'missing' ? [name] : []));
  };
  return { ...world, deps, missing };
}

// Taken for empty, a source would resolve the alerts of everything that it no longer names.
describe('a source of alerts that is made of another', () => {
  it('is there where the other is', async () => {
    expect(await setup().missing()).toEqual(['enrollmentCounts']);
  });

  it('is missing with the experiments: errors and costs are of experiments', async () => {
    const { deps, missing } = setup();
    deps.experimentRecords.fetch = away;

    expect(await missing()).toEqual(['experiments', 'metricHub', 'enrollmentCounts', 'errors', 'queries']);
  });

  it('is missing with the tables: they tell since when errors count', async () => {
    const { source, missing } = setup();
    source.listTables = away;

    expect(await missing()).toEqual(['enrollmentCounts', 'errors', 'tables']);
  });
});

describe('what metric-hub says of experiments', () => {
  it('is which of them it leaves out', async () => {
    const { deps, never } = setup();
    deps.experimentRecords.fetch = () => Promise.resolve([RECORD, { ...RECORD, slug: 'another' }]);

    const { metricHub } = (await readAlertInputs(deps, never)).sources;

    expect(metricHub).toMatchObject({ kind: 'read', value: { leftOut: new Set([LEFT_OUT]) } });
  });

  it('is missing if it cannot be read; without experiments it is not read', async () => {
    const { deps, missing } = setup();
    deps.leftOut = away;
    const without = await missing();
    deps.experimentRecords.fetch = () => Promise.resolve([RECORD]);

    expect(without).not.toContain('metricHub');
    expect(await missing()).toContain('metricHub');
  });
});

describe('the costs of queries', () => {
  it.each([
    ['the experiment that describes the table', false, 'a.b'],
    ['the first that the name fits, if the tables cannot be listed', true, 'a-b'],
  ])('are of %s', async (_, isAway, owner) => {
    const { deps, never, sink, source } = setup();
    deps.experimentRecords.fetch = () => Promise.resolve(['a-b', 'a.b'].map((slug) => ({ ...RECORD, slug })));
    source.set('statistics_a_b_week_1', { columns: [], batches: [], changedAt: NOW, description: 'a.b' });
    if (isAway) source.listTables = away;
    const cost = {
      submission_timestamp: '2026-01-14T04:00:00Z',
      destination_table: 'statistics_a_b_week_1',
      cost_usd: 1,
    };
    await sink.append({ id: 'costs', table: 'query_cost_v1', rows: [cost] }, never);

    const { queries } = (await readAlertInputs(deps, never)).sources;

    expect(queries).toMatchObject({ kind: 'read', value: [{ experiment: owner, costUsd: 1 }] });
  });
});

describe('the object of enrollment counts', () => {
  it.each([
    [40, 'read', undefined],
    [101, 'missing', /cannot be read: it is larger than 100 bytes, the limit of COUNTS/],
  ])('of %i bytes is %s', async (bytes, kind, reason) => {
    const { deps, publish, never } = setup();
    await publish(`{"v1":{}}`.padEnd(bytes), {}, 'enrollment_counts/enrollment_counts_latest.json');

    const { enrollmentCounts } = (await readAlertInputs(deps, never)).sources;

    expect(enrollmentCounts).toMatchObject({ kind, ...(reason && { reason: expect.stringMatching(reason) }) });
  });
});

describe('the enrollment funnel', () => {
  it.each([
    ['absent', { kind: 'absent' }, 'is missing'],
    ['two days old', { kind: 'read', slugs: new Map(), changedAt: NOW - 51 * 3_600_000 }, 'is 2 d old'],
    ['malformed', { kind: 'malformed', problem: 'it is not JSON', changedAt: NOW }, 'is malformed: it is not JSON'],
    ['new', { kind: 'read', slugs: new Map(), changedAt: NOW }, undefined],
  ] satisfies [string, EnrollmentFunnel, string | undefined][])('that is %s is told', async (_, funnel, problem) => {
    const { deps, never } = setup();
    deps.funnel = () => Promise.resolve(funnel);

    const { enrollmentFunnel } = (await readAlertInputs(deps, never)).sources;

    expect(enrollmentFunnel).toMatchObject({ kind: 'read', value: funnel });
    const told = enrollmentFunnel.kind === 'read' ? enrollmentFunnel.problem : 'unread';
    expect(told).toEqual(problem === undefined ? undefined : expect.stringContaining(problem));
  });

  it('that cannot be read is missing, which empties no other source', async () => {
    const { deps, missing } = setup();
    deps.funnel = away;

    expect(await missing()).toEqual(['enrollmentCounts', 'enrollmentFunnel']);
  });
});

describe('the log rows of the last two weeks', () => {
  it('are cut to the newest, with a warning that says so', async () => {
    const { deps, never } = setup();
    const row = { timestamp: '2026-01-15T05:00:00Z', message: 'odd', log_level: 'ERROR' };
    const nulls = {
      experiment: null,
      filename: null,
      func_name: null,
      exception_type: null,
      source: null,
      metric: null,
    };
    const rows = Array.from({ length: 100_001 }, () => ({ ...nulls, ...row }));
    deps.reader = { rows: ({ table }) => Promise.resolve(table === 'logs' ? rows : []) };

    const { rows: read } = await readRecentLogs(deps.reader, deps.clock.now(), never);
    await readAlertInputs(deps, never);

    expect(read).toHaveLength(100_000);
    expect(deps.log.lines.map(({ fields }) => fields)).toEqual([
      { problem: 'Of logs, only the newest 100000 rows are used.' },
    ]);
  });
});

describe('a watched experiment', () => {
  it.each([
    [true, true],
    [false, false],
    [undefined, false],
    ['yes', false],
  ])('with isHoldback %j is a holdback: %j', async (isHoldback, expected) => {
    const { deps, never } = setup();
    deps.experimentRecords.fetch = () => Promise.resolve([{ ...RECORD, isHoldback }]);

    const { experiments } = (await readAlertInputs(deps, never)).sources;

    expect(experiments).toMatchObject({ value: [{ isHoldback: expected, appName: RECORD?.['appName'] }] });
  });
});

describe('an experiment whose record cannot be read', () => {
  const unreadOf = async ({ deps, never }: ReturnType<typeof setup>) => {
    const { sources } = await readAlertInputs(deps, never);
    return Object.entries(sources).flatMap(([name, reading]) =>
      reading.kind === 'read' && reading.unread !== undefined ? [[name, ...reading.unread]] : [],
    );
  };

  it('is told by every source that is of experiments, so that its alerts stay', async () => {
    const world = setup();
    world.deps.experimentRecords.fetch = () =>
      Promise.resolve([{ ...RECORD, slug: 'odd', startDate: 7 }, { slug: 8 }, RECORD]);
    world.deps.files = () => Promise.resolve({ files: [], unread: new Set(['other']) });

    expect(await unreadOf(world)).toEqual([
      ['experiments', 'odd'],
      ['errors', 'odd'],
      ['queries', 'odd'],
      ['files', 'other'],
    ]);
  });

  it('is known where another record of it can be read', async () => {
    const world = setup();
    world.deps.experimentRecords.fetch = () => Promise.resolve([{ ...RECORD, startDate: 7 }, RECORD]);

    expect(await unreadOf(world)).toEqual([]);
  });
});
