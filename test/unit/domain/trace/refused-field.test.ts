import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { ANALYSIS_PERIODS } from '../../../../src/domain/analysis-period.ts';
import { refusedField } from '../../../../src/domain/trace/refused-field.ts';
import type { FileRow } from '../../../../src/domain/trace/statistics-row.ts';
import { metricRows, row, rules } from '../../../support/trace-world.ts';

const CASES = new URL('../../../fixtures/console/', import.meta.url);
const Cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const Columns = z.array(z.tuple([z.string(), z.string()]));
const Case = z.object({
  periods: z.partialRecord(
    z.enum(ANALYSIS_PERIODS),
    z.object({ columns: Columns.optional(), rows: z.array(z.array(Cell)) }).nullable(),
  ),
  expected: z.partialRecord(
    z.enum(ANALYSIS_PERIODS),
    z.object({
      left_out: z.object({ rejected: z.record(z.string(), z.string()).default({}) }).default({ rejected: {} }),
    }),
  ),
});
type Case = z.infer<typeof Case>;

/** The trace has no reason for windows that cannot be drawn. */
const WITHOUT_FIELD = 'R4 window_index';

function readCase(name: string): Case {
  return Case.parse({ periods: {}, ...JSON.parse(readFileSync(new URL(`statistics/${name}`, CASES), 'utf8')) });
}

function columnNames(): string[] {
  const base = z.object({ columns: Columns }).parse(JSON.parse(readFileSync(new URL('base.json', CASES), 'utf8')));
  return base.columns.map(([name]) => name);
}

/** The rows as objects; without a value: null. */
function rowsOf(names: readonly string[], rows: readonly (readonly z.infer<typeof Cell>[])[]): FileRow[] {
  const columns = [...Object.keys(row()), 'window_index'];
  return rows.map((cells) => {
    const entries = columns.map((name) => [name, cells[names.indexOf(name)] ?? null] as const);
    return { ...row(), window_index: null, ...Object.fromEntries(entries) };
  });
}

/** Whether a `mean_lm` hides the row, which is then not drawn. */
function isHidden(mean: FileRow, rows: readonly FileRow[]): boolean {
  const isSame = (other: FileRow): boolean =>
    (['metric', 'segment', 'analysis_basis'] as const).every((name) => other[name] === mean[name]);
  return mean.statistic === 'mean' && rows.some((other) => other.statistic === 'mean_lm' && isSame(other));
}

it.each(readdirSync(new URL('statistics', CASES)))('names a field for exactly the rejected rows of %s', (name) => {
  const { periods, expected } = readCase(name);

  for (const period of ANALYSIS_PERIODS) {
    const given = periods[period];
    if (given === undefined || given === null) continue;
    const rows = rowsOf(given.columns?.map(([column]) => column) ?? columnNames(), given.rows);
    const rejected = expected[period]?.left_out.rejected ?? {};
    for (const [index, row] of rows.entries()) {
      if (isHidden(row, rows) || rejected[index] === WITHOUT_FIELD) continue;
      const field = refusedField(row, { period, window: Number(row.window_index), rules });
      expect(field !== undefined, `row ${index}`).toBe(rejected[index] !== undefined);
    }
  }
});

const place = { period: 'weekly', window: 2, rules } as const;

it.each([
  [{ metric: null }, 'metric'],
  [{ metric: '_m' }, 'metric'],
  [{ metric: 'experiment' }, 'metric'],
  [{ statistic: 1 }, 'statistic'],
  [{ branch: 'model_fields' }, 'branch'],
  [{ segment: 'a\0b' }, 'segment'],
  [{ analysis_basis: 'clients' }, 'analysis_basis'],
  [{ parameter: 'half' }, 'parameter'],
  [{ point: 'much', lower: 'little' }, 'point'],
  [{ lower: '1,5' }, 'lower'],
  [{ upper: 1.8e306, lower: 0, metric: 'retained' }, 'upper'],
  [{ ci_width: 95 }, 'ci_width'],
  [{ comparison: 'ratio' }, 'comparison'],
  [{ comparison_to_branch: 'treatment' }, 'comparison'],
] as const)('names the field that breaks a rule: %o', (part, field) => {
  expect(refusedField(row(part), place)).toBe(field);
});

it('takes rows that the console takes', () => {
  for (const good of metricRows()) expect(refusedField(good, place)).toBeUndefined();
});

it('judges no drawing in periods that the console does not read', () => {
  expect(refusedField(row({ comparison: 'ratio' }), { ...place, period: 'days28' })).toBeUndefined();
});

it('judges no names and no drawing of rows that the console replaces', () => {
  const third = { ...place, window: 3 };

  expect(refusedField(row({ metric: 'retained', branch: '_b', comparison: 'ratio' }), third)).toBeUndefined();
  expect(refusedField(row({ metric: 'retained', segment: 'a\0b' }), third)).toBe('segment');
  expect(refusedField(row({ metric: 'retained', ci_width: 95 }), third)).toBe('ci_width');
});
