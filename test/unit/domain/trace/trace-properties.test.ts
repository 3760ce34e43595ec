import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ANALYSIS_PERIODS, type AnalysisPeriod } from '../../../../src/domain/analysis-period.ts';
import { TRACE_STEPS, type TraceCell } from '../../../../src/domain/trace/cell.ts';
import { ANALYSIS_BASES, type TraceInputs } from '../../../../src/domain/trace/inputs.ts';
import type { StatisticsRow } from '../../../../src/domain/trace/statistics-row.ts';
import { traceExperiment } from '../../../../src/domain/trace/trace.ts';
import { EXPERIMENT, file, log, row, table, traceInputs } from '../../../support/trace-world.ts';

const METRICS = ['m', 'n', 'retained', 'identity'];
const SEGMENTS = ['all', 'new_users'];
const anyPeriod = fc.constantFrom(...ANALYSIS_PERIODS);
const anyWindow = fc.integer({ min: 1, max: 3 });
const anyRow = fc.record({
  metric: fc.constantFrom(...METRICS, null),
  statistic: fc.constantFrom('mean_lm', 'mean', 'binomial', 'count', 'deciles', null),
  branch: fc.constantFrom('control', 'treatment'),
  comparison: fc.constantFrom(null, 'difference', 'relative_uplift', 'ratio'),
  comparison_to_branch: fc.constantFrom(null, 'control'),
  ci_width: fc.constantFrom(0.95, 95, null),
  point: fc.constantFrom(0, 1, null),
  lower: fc.constantFrom(0, 1, null),
  segment: fc.constantFrom(...SEGMENTS),
  analysis_basis: fc.constantFrom(...ANALYSIS_BASES, null),
});
const anyMetrics = fc.array(
  fc.record({ name: fc.constantFrom(...METRICS), bases: fc.subarray([...ANALYSIS_BASES], { minLength: 1 }) }),
  { maxLength: 4 },
);
const anyDate = fc.constantFrom('2025-12-20', '2026-01-05', '2026-01-07', '2026-01-16', '2026-03-01', null);
const anyRows = fc.array(anyRow, { maxLength: 8 });
const anyPlace = fc.record({ period: anyPeriod, window: anyWindow, rows: anyRows });
const anyLog = fc.record({
  metric: fc.constantFrom('m', 'n', null),
  analysis_basis: fc.constantFrom(...ANALYSIS_BASES, null),
  segment: fc.constantFrom('all', null),
  analysis_period: fc.constantFrom('week', 'week_1', 'day_2', null),
  exception_type: fc.constantFrom('ValueError', null),
});
const anyWorld = fc.record({
  experiment: fc.record({
    startDate: anyDate,
    endDate: anyDate,
    enrollmentEndDate: anyDate,
    isRollout: fc.boolean(),
    isHoldback: fc.boolean(),
    doRerun: fc.boolean(),
    segments: fc.array(fc.constantFrom(...SEGMENTS), { maxLength: 3 }),
  }),
  metrics: fc.array(fc.tuple(anyPeriod, anyMetrics), { maxLength: 6 }),
  tables: fc.uniqueArray(anyPlace, { selector: ({ period, window }) => `${period} ${window}`, maxLength: 5 }),
  files: fc.array(anyPlace, { maxLength: 5 }),
  logs: fc.array(anyLog, { maxLength: 4 }),
  skip: fc.boolean(),
});
type World = typeof anyWorld extends fc.Arbitrary<infer Value> ? Value : never;

function inputsOf({ experiment, metrics, tables, files, logs, skip }: World): TraceInputs {
  const rowsOf = (rows: World['tables'][number]['rows']) => rows.map((part) => row(part));
  const byPeriod = new Map<AnalysisPeriod, Record<number, StatisticsRow[]>>();
  for (const { period, window, rows } of files) {
    const windows = byPeriod.get(period) ?? {};
    byPeriod.set(period, { ...windows, [window]: [...(windows[window] ?? []), ...rowsOf(rows)] });
  }
  return {
    ...traceInputs({
      experiment: { ...EXPERIMENT, ...experiment },
      settings: { skip },
      tables: tables.map(({ period, window, rows }) => table(period, window, rowsOf(rows))),
      files: new Map([...byPeriod].map(([period, windows]) => [period, file(period, windows)])),
      logs: logs.map((part) => log(part)),
    }),
    metrics: new Map(metrics),
  };
}

/** How far a cell came; being drawn is no step of its own. */
function stepOf({ lost }: TraceCell): number {
  return TRACE_STEPS.indexOf(lost ?? 'shown');
}

function keyOf({ period, metric, basis, segment }: TraceCell): string {
  return JSON.stringify([period, metric, basis, segment]);
}

it('has each expected cell exactly once, in the order of periods', () => {
  fc.assert(
    fc.property(anyWorld, (world) => {
      const inputs = inputsOf(world);

      const cells = traceExperiment(inputs);

      const segments = ['all', ...inputs.experiment.segments];
      const expected = [...inputs.metrics].flatMap(([period, metrics]) => {
        const counted =
          metrics.length === 0 ? [] : [{ name: 'identity', bases: metrics.flatMap(({ bases }) => bases) }];
        const names = metrics.filter(({ name }) => name !== 'identity');
        const first = names.filter((metric, index) => names.findIndex(({ name }) => name === metric.name) === index);
        return [...first, ...counted].flatMap(({ name, bases }) =>
          bases.flatMap((basis) => segments.map((segment) => JSON.stringify([period, name, basis, segment]))),
        );
      });
      expect(cells.map(keyOf).sort()).toEqual([...new Set(expected)].sort());
      const periods = cells.map(({ period }) => ANALYSIS_PERIODS.indexOf(period));
      expect(periods).toEqual(periods.toSorted((a, b) => a - b));
    }),
  );
});

it('gives each cell one fate: a step with a reason, or a view', () => {
  fc.assert(
    fc.property(anyWorld, (world) => {
      for (const cell of traceExperiment(inputsOf(world))) {
        if (cell.lost === null) expect(['card', 'detail']).toContain(cell.view);
        else expect(cell.reason).toMatch(/^[a-z_:]+$/);
        expect(cell.window === null && cell.lost !== 'due').toBe(false);
      }
    }),
  );
});

it('never moves a cell to an earlier step when tables and files get more rows', () => {
  const grown = fc.tuple(anyWorld, fc.array(anyRows, { minLength: 10, maxLength: 10 }));
  fc.assert(
    fc.property(grown, ([world, added]) => {
      const more = (offset: number) => (place: World['tables'][number], index: number) => ({
        ...place,
        rows: [...place.rows, ...(added[offset + index] ?? [])],
      });
      const larger = { ...world, tables: world.tables.map(more(0)), files: world.files.map(more(5)) };

      const before = traceExperiment(inputsOf(world));
      const after = traceExperiment(inputsOf(larger));

      expect(after.map(keyOf)).toEqual(before.map(keyOf));
      expect(after.map((cell, index) => stepOf(cell) >= stepOf(before[index]!))).not.toContain(false);
    }),
  );
});
