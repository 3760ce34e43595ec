import { describe, expect, it } from 'vitest';
import type { TraceCell } from '../../../../src/domain/trace/cell.ts';
import type { TraceInputs } from '../../../../src/domain/trace/inputs.ts';
import type { StatisticsRow } from '../../../../src/domain/trace/statistics-row.ts';
import { traceExperiment } from '../../../../src/domain/trace/trace.ts';
import { EXPERIMENT, file, log, metricRows, row, table, traceInputs } from '../../../support/trace-world.ts';

/** The first cell, without its key. */
function firstCell(inputs: TraceInputs): Partial<TraceCell> {
  const [cell] = traceExperiment(inputs);
  if (cell === undefined) throw new Error('There is no cell.');
  const { period: _, metric: __, basis: ___, segment: ____, ...rest } = cell;
  return rest;
}

/** Inputs whose rows are computed in week 1 and published as they are. */
function published(rows: readonly StatisticsRow[], part: Parameters<typeof traceInputs>[0] = {}): TraceInputs {
  return traceInputs({
    tables: [table('weekly', 1, rows)],
    files: new Map([['weekly', file('weekly', { 1: rows })]]),
    ...part,
  });
}

const named = (name: string) => ({ metrics: [{ name, bases: ['enrollments'] }] }) as const;

describe('a cell is shown', () => {
  it('on a card, if its rows are published', () => {
    expect(firstCell(published(metricRows()))).toEqual({ window: 1, view: 'card', lost: null });
  });

  it('only in the details, if a later period has rows', () => {
    const weekly = file('weekly', { 1: metricRows() });
    const overall = file('overall', { 1: metricRows({ metric: 'other' }) });
    const files = new Map([
      ['weekly', weekly],
      ['overall', overall],
    ] as const);

    expect(firstCell(published(metricRows(), { files }))).toMatchObject({ view: 'detail', lost: null });
  });

  it('though another experiment has errors of the metric', () => {
    const logs = [log({ experiment: 'another', metric: 'm', analysis_basis: 'enrollments', segment: 'all' })];

    expect(firstCell(published(metricRows(), { logs }))).toMatchObject({ lost: null });
  });

  it('though the first error of the metric is of another segment', () => {
    const logs = [log({ metric: 'm', analysis_basis: 'enrollments', segment: 'new_users' })];

    expect(firstCell(published(metricRows(), { logs }))).toMatchObject({ lost: null });
  });

  it('by the first of its statistics that is drawn', () => {
    const metric = 'search_count';
    const rows = [...metricRows({ metric, statistic: 'mean', lower: null }), ...metricRows({ metric })];

    expect(firstCell(published(rows, named(metric)))).toMatchObject({ lost: null });
  });

  it('though later windows have no bounds', () => {
    const later = metricRows({ lower: null });
    const inputs = traceInputs({
      tables: [table('weekly', 2, later)],
      files: new Map([['weekly', file('weekly', { 2: later, 1: metricRows() })]]),
    });

    expect(firstCell(inputs)).toMatchObject({ window: 2, lost: null });
  });

  it('if it counts daily active users without absolute values', () => {
    const metric = 'client_level_daily_active_users_v2';
    const [, , uplift] = metricRows({ metric, statistic: 'per_client_dau_impact' });

    expect(firstCell(published(uplift === undefined ? [] : [uplift], named(metric)))).toMatchObject({ lost: null });
  });

  it('as client counts without bounds, and in spite of errors', () => {
    const counts = [row({ metric: 'identity', statistic: 'count', lower: null, upper: null })];
    const logs = [log({ metric: 'identity', analysis_basis: 'enrollments', segment: 'all' })];

    expect(traceExperiment(published(counts, { logs })).at(-1)).toMatchObject({ metric: 'identity', lost: null });
  });

  it('by the statistics of primary metrics, if it is one', () => {
    const inputs = published(metricRows({ statistic: 'count' }));

    expect(firstCell({ ...inputs, primaryMetrics: new Set(['m']) })).toMatchObject({ lost: null });
    expect(firstCell(inputs)).toMatchObject({ reason: 'statistic_not_drawn' });
  });
});

describe('a cell is not shown', () => {
  it('if the console does not read the period', () => {
    const inputs = traceInputs({
      period: 'preenrollment_weekly',
      tables: [table('preenrollment_weekly', 1, metricRows())],
      files: new Map([['preenrollment_weekly', file('preenrollment_weekly', { 1: metricRows() })]]),
    });

    expect(firstCell(inputs)).toEqual({ window: 1, lost: 'shown', reason: 'period_not_read' });
  });

  it('if none of its statistics is drawn', () => {
    const rows = [...metricRows({ statistic: 'sum' }), ...metricRows({ statistic: 'deciles' })];

    expect(firstCell(published(rows))).toEqual({
      window: 1,
      lost: 'shown',
      reason: 'statistic_not_drawn',
      statistics: ['deciles', 'sum'],
    });
  });

  it('if the week of the retention is missing', () => {
    const rows = metricRows({ metric: 'retained', statistic: 'binomial' });

    expect(firstCell(published(rows, named('retained')))).toEqual({
      window: 1,
      lost: 'shown',
      reason: 'retention_window',
    });
  });

  it('if the week of the retention has no bounds, whatever the first has', () => {
    const good = metricRows({ metric: 'retained', statistic: 'binomial' });
    const bad = good.map((row) => ({ ...row, lower: 0 }));
    const inputs = published(good, {
      ...named('retained'),
      files: new Map([['weekly', file('weekly', { 1: good, 2: bad })]]),
    });

    expect(firstCell(inputs)).toMatchObject({ lost: 'shown', reason: 'bounds' });
  });

  it('if the first error of the metric has its basis and segment', () => {
    const logs = [
      log({ metric: 'm', analysis_basis: 'enrollments', segment: 'all', exception_type: 'KeyError' }),
      log({ metric: 'm', analysis_basis: 'exposures', timestamp: '2026-01-16T06:00:00Z' }),
    ];

    expect(firstCell(published(metricRows(), { logs }))).toEqual({
      window: 1,
      view: 'card',
      lost: 'shown',
      reason: 'error_first',
      exception_type: 'KeyError',
    });
  });

  it('if the first window has no uplift, though later ones do', () => {
    const values = metricRows().filter(({ comparison }) => comparison === null);
    const files = new Map([['weekly', file('weekly', { 1: values, 2: metricRows() })]] as const);

    expect(firstCell(published(metricRows(), { files }))).toMatchObject({ reason: 'bounds' });
  });

  it.each([
    ['a value is missing', metricRows().filter(({ branch, comparison }) => branch !== 'treatment' || comparison)],
    ['the uplift is missing', metricRows().filter(({ comparison }) => comparison === null)],
    [
      'the uplift is against another branch',
      metricRows().map((row) => (row.comparison === null ? row : { ...row, comparison_to_branch: 'treatment' })),
    ],
    ['a bound is 0', metricRows({ lower: 0 })],
    ['a bound is the text of 0', metricRows({ lower: '0.0' })],
    ['a point is null', metricRows({ point: null })],
    ['all values are of a distribution', metricRows({ parameter: '0.5' })],
  ])('if %s', (_, rows) => {
    expect(firstCell(published(rows))).toEqual({
      window: 1,
      view: 'card',
      lost: 'shown',
      reason: 'bounds',
      branch: 'treatment',
    });
  });
});

describe('a cell is not published', () => {
  const tables = [table('weekly', 1, metricRows())];
  const old = '2026-06-30T00:00:00.000Z';
  const other = file('weekly', { 1: metricRows({ metric: 'other' }) });
  const elsewhere = file('weekly', { 2: metricRows() });

  it.each([
    ['there is no file', undefined, 'no_file'],
    ['the file is older than the table', { ...other, version: old }, 'file_stale'],
    ['the file was made by another program', { ...other, version: null }, 'file_stale'],
    ['the file has it in another window only', elsewhere, 'unexplained'],
    ['the file has no rows of it', other, 'unexplained'],
    ['a version is no time', { ...other, version: 'f0123456789abcdef' }, 'unexplained'],
  ])('if %s', (_, published, reason) => {
    const files = new Map(published === undefined ? [] : [['weekly', published] as const]);

    expect(firstCell(traceInputs({ tables, files }))).toEqual({ window: 1, lost: 'published', reason });
  });

  it('if all of its rows are refused, with the field of the first', () => {
    const rows = [row({ ci_width: 95 }), row({ point: 'much' })];
    const inputs = traceInputs({ tables: [table('weekly', 1, rows)], files: new Map([['weekly', other]]) });

    expect(firstCell(inputs)).toEqual({ window: 1, lost: 'published', reason: 'refused:ci_width' });
  });

  it('without a reason, if only some of its rows are refused', () => {
    const rows = [row({ ci_width: 95 }), row()];
    const inputs = traceInputs({ tables: [table('weekly', 1, rows)], files: new Map([['weekly', other]]) });

    expect(firstCell(inputs)).toMatchObject({ reason: 'unexplained' });
  });
});

describe('a cell is not computed', () => {
  const counts = (point: number) => row({ metric: 'identity', statistic: 'count', point });
  const published = new Map([['weekly', file('weekly', { 1: metricRows() })]] as const);

  it.each<[string, Omit<Partial<TraceInputs>, 'metrics'>, string]>([
    ['its tables are gone, though there is a file', { files: published, logs: [log()] }, 'source_gone'],
    ['a log row says why', { logs: [log()] }, 'failed:jetstream_failure'],
    ['its window is missing', {}, 'window_missing'],
    ['there are no clients', { tables: [table('weekly', 1, [counts(0), counts(0)])] }, 'no_clients'],
    ['there are clients', { tables: [table('weekly', 1, [counts(0), counts(5)])] }, 'unexplained'],
    ['clients were not counted', { tables: [table('weekly', 1, [])] }, 'unexplained'],
    ['only an earlier window is there', { tables: [table('weekly', 0, metricRows())] }, 'window_missing'],
  ])('if %s', (_, part, reason) => {
    expect(firstCell(traceInputs(part))).toMatchObject({ window: 1, lost: 'computed', reason });
  });

  it('with type and message of the failure', () => {
    expect(firstCell(traceInputs({ logs: [log({ message: 'Resources exceeded' })] }))).toEqual({
      window: 1,
      lost: 'computed',
      reason: 'failed:resources',
      exception_type: 'ValueError',
      message: 'Resources exceeded',
    });
  });
});

describe('a period that only reruns compute', () => {
  const experiment = { ...EXPERIMENT, doRerun: true };

  it('is not due without a table, whatever windows there should be', () => {
    expect(firstCell(traceInputs({ experiment }))).toEqual({ window: 1, lost: 'due', reason: 'rerun_only' });
  });

  it('is traced if it has a table', () => {
    expect(firstCell(published(metricRows(), { experiment }))).toMatchObject({ window: 1, lost: null });
  });
});

it('traces an experiment that the analysis skips, if it has tables', () => {
  expect(firstCell(published(metricRows(), { settings: { skip: true } }))).toMatchObject({ window: 1, lost: null });
});
