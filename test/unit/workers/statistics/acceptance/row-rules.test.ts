import { describe, expect, it } from 'vitest';
import type { AnalysisPeriod } from '../../../../../src/domain/analysis-period.ts';
import type { Column } from '../../../../../src/domain/column-type.ts';
import { CONSOLE_RULES } from '../../../../../src/domain/console-rules.ts';
import { RowChecker } from '../../../../../src/workers/statistics/acceptance/row-checker.ts';
import { columnBatch } from '../../../../support/column-batches.ts';
import {
  columnsWith,
  columnsWithout,
  FLOAT64,
  INT64,
  NUMERIC,
  STATISTICS_COLUMNS,
  STRING,
  statisticsRow,
  type StatisticsRow,
} from '../../../../support/statistics-table.ts';

interface Options {
  readonly columns?: readonly Column[];
  readonly period?: AnalysisPeriod;
}

/** The reason for which a drawn row with these changes is rejected; undefined when it is taken. The memory's layout must not matter. */
function refusalOf(
  changes: StatisticsRow,
  { columns = STATISTICS_COLUMNS, period = 'weekly' }: Options = {},
): string | undefined {
  const [plain, sliced] = (['plain', 'sliced'] as const).map((memory) => {
    const checker = new RowChecker({
      columns,
      order: 'key',
      period,
      rules: CONSOLE_RULES.e5dd1051c,
      windowLimit: 1_000,
      showRow: () => '',
    });
    checker.check(columnBatch(columns, [statisticsRow({ statistic: 'mean_lm', ...changes })], { memory }));
    const [reason] = checker.finish().reasons;
    return reason === undefined ? undefined : `${reason.rule}: ${reason.reason}`;
  });
  expect(sliced).toBe(plain);
  return plain;
}

const SMALLEST = Number.MIN_VALUE;
const ABOVE_ONE = 1 + Number.EPSILON;
const UPLIFT = { comparison: 'relative_uplift', comparison_to_branch: 'treatment' };
const R4A = 'R4: comparison and comparison_to_branch do not fit together';
const R4C = 'R4: point, lower or upper is too large to be shown in percent';
const R4D = 'R4: window_index is no window that the results page can draw';

describe('a row of weekly is rejected', () => {
  it.each<[reason: string, changes: StatisticsRow]>([
    ['R1: metric is null', { metric: null }],
    ['R1: statistic is null', { statistic: null }],
    ['R1: branch is null', { branch: null }],
    ['R1: segment is null', { segment: null }],
    ['R1: metric is null', { metric: null, analysis_basis: null }],
    ['R1: ci_width is not within 0 to 1', { ci_width: -SMALLEST }],
    ['R1: ci_width is not within 0 to 1', { ci_width: ABOVE_ONE }],
    ['R1: analysis_basis is neither enrollments nor exposures', { analysis_basis: 'enrollment' }],
    ['R1: analysis_basis is neither enrollments nor exposures', { analysis_basis: 'Exposures' }],
    ['R1: analysis_basis is neither enrollments nor exposures', { analysis_basis: '' }],
    ['R2: segment holds U+0000', { segment: '\0all' }],
    ['R2: metric holds U+0000', { metric: 'a\0' }],
    ['R2: branch holds U+0000', { branch: 'a\0b' }],
    ['R2: metric begins with _', { metric: '_' }],
    ['R2: branch begins with _', { branch: '_control' }],
    ['R2: metric is a name that Experimenter reserves', { metric: 'model_config' }],
    ['R2: metric is a name that Experimenter reserves', { metric: 'model_validate_strings' }],
    ['R2: branch is a name that Experimenter reserves', { branch: 'model_dump' }],
    ['R2: branch is a name that Experimenter reserves', { branch: 'model_fields' }],
    ['R2: branch is a name that Experimenter reserves', { branch: 'append_conversion_count' }],
    [R4A, { comparison_to_branch: 'control' }],
    [R4A, { comparison: 'absolute', comparison_to_branch: 'control' }],
    [R4A, { comparison: 'significance' }],
    [R4A, { comparison: 'Difference', comparison_to_branch: 'control' }],
    [R4A, { comparison: '' }],
    ['R4: a metric named experiment in segment all breaks the results page', { metric: 'experiment' }],
    [R4C, { ...UPLIFT, point: 1.7971e306 }],
    [R4C, { ...UPLIFT, lower: -1.8e306 }],
    [R4C, { ...UPLIFT, upper: 1e307 }],
    [R4C, { ...UPLIFT, lower: -1e306, upper: 1e306 }],
    [R4C, { metric: 'retained', window_index: 2, point: 1e307 }],
    [R4C, { metric: 'identity', statistic: 'count', point: 1e307 }],
    [R4D, { window_index: 1001 }],
    [R4D, { window_index: 2n ** 62n, ...UPLIFT }],
  ])('%s: %o', (reason, changes) => {
    expect(refusalOf(changes)).toBe(reason);
  });

  it('under the first rule that it breaks', () => {
    expect(refusalOf({ metric: null, branch: null, ci_width: 2 })).toBe('R1: metric is null');
    expect(refusalOf({ metric: '_x', comparison: 'x' })).toBe('R2: metric begins with _');
  });
});

describe('a row of weekly is taken', () => {
  it.each<[changes: StatisticsRow]>([
    [{}],
    [{ metric: 'a_', branch: 'b_' }],
    [{ metric: 'model_configs', branch: 'xmodel_fields' }],
    [{ metric: 'model_fields' }],
    [{ metric: 'append_conversion_count' }],
    [{ metric: 'é😀\u0001', segment: '' }],
    [{ statistic: 'a\0' }],
    [{ metric: '_x', analysis_basis: null }],
    [{ metric: 'retained', branch: '_x', window_index: 1 }],
    [{ metric: 'identity', point: null }],
    [{ point: Number.NaN, lower: Number.POSITIVE_INFINITY, upper: Number.NEGATIVE_INFINITY }],
    [{ point: 1e308, lower: 2, upper: 1 }],
    [{ comparison: 'difference', comparison_to_branch: 'control', point: 1e308 }],
    [{ comparison: 'relative_uplift', point: 1e308 }],
    [{ ...UPLIFT, point: 1.797e306, lower: null }],
    [{ parameter: '-99999999999999999999999999999.999999999' }],
    [{ ci_width: 0 }],
    [{ ci_width: -0 }],
    [{ ci_width: 1 }],
    [{ ci_width: null }],
    [{ ci_width: Number.NaN }],
    [{ comparison: 'difference' }],
    [{ comparison: 'absolute' }],
    [{ statistic: 'deciles', comparison: 'significance' }],
    [{ statistic: 'mean', comparison: 'significance' }],
    [{ metric: 'identity', statistic: 'percentage', comparison: 'significance' }],
    [{ metric: 'experiment', segment: 'new_users' }],
    [{ window_index: null }],
    [{ window_index: 0 }],
    [{ window_index: -7 }],
    [{ window_index: 1000 }],
    [{ window_index: 5000, comparison: 'difference', comparison_to_branch: 'control' }],
    [{ statistic: 'deciles', window_index: 5000 }],
  ])('%o', (changes) => {
    expect(refusalOf(changes)).toBeUndefined();
  });
});

describe('the period decides', () => {
  it('that names, drawing and windows do not matter in files that the console does not read', () => {
    const free = [{ metric: '_' }, { comparison: 'x' }, { window_index: 5000 }, { metric: 'experiment' }];

    expect(free.map((changes) => refusalOf(changes, { period: 'days28' }))).toEqual(free.map(() => undefined));
    expect(refusalOf({ ci_width: 2 }, { period: 'preenrollment_weekly' })).toContain('ci_width');
  });

  it('that only the windows of retained are read in overall, of any size', () => {
    const columns = columnsWith({ window_index: STRING });
    const overall = (changes: StatisticsRow) => refusalOf(changes, { columns, period: 'overall' });

    expect([overall({ window_index: 'x' }), overall({ metric: 'retained', window_index: '99999' })]).toEqual([
      undefined,
      undefined,
    ]);
    expect(overall({ metric: 'retained', window_index: 'x' })).toBe(R4D);
  });

  it('which window of the metrics that travel is not replaced', () => {
    const daily = (window_index: number) =>
      refusalOf({ metric: 'active_in_last_3_days', branch: '_x', window_index }, { period: 'daily' });

    expect([daily(3), daily(4)]).toEqual([undefined, 'R2: branch begins with _']);
  });
});

describe('a column that the console needs and the table lacks rejects every row', () => {
  it.each(['metric', 'statistic', 'branch', 'segment'])('%s', (name) => {
    expect(refusalOf({}, { columns: columnsWithout(name) })).toBe(`R1: there is no column ${name}`);
  });

  it('but not one that it can do without', () => {
    const columns = columnsWithout(
      'window_index',
      'parameter',
      'ci_width',
      'point',
      'lower',
      'upper',
      'comparison',
      'comparison_to_branch',
      'analysis_basis',
    );

    expect(refusalOf({}, { columns })).toBeUndefined();
  });
});

describe('a number kept as text', () => {
  it.each(['parameter', 'point', 'lower', 'upper'])('is taken as %s only where the console reads a number', (name) => {
    const columns = columnsWith({ [name]: STRING });
    const taken = [
      '1',
      '-1.5',
      '+1',
      '.5',
      '5.',
      '1e3',
      '1E-300',
      ' 1 ',
      '1_000.0_1',
      '\u2003\x1c\x854',
      'inf',
      'NaN',
      '9'.repeat(2_000),
    ];
    const refused = ['', ' ', 'x', '1,5', '1e', '.', '0x10', '1 2', '1__0', '_1', '\ufeff1', '١'];

    expect(taken.map((text) => refusalOf({ [name]: text }, { columns }))).toEqual(taken.map(() => undefined));
    expect(refused.map((text) => refusalOf({ [name]: text }, { columns }))).toEqual(
      refused.map(() => `R1: ${name} is not a number`),
    );
  });

  it('is taken as ci_width only within 0 to 1', () => {
    const columns = columnsWith({ ci_width: STRING });

    expect(['0', '0.95', '1.0', '-inf'].map((text) => refusalOf({ ci_width: text }, { columns }))).toEqual(
      Array(4).fill(undefined),
    );
    expect(['-0.1', '1.01'].map((text) => refusalOf({ ci_width: text }, { columns }))).toEqual(
      Array(2).fill('R1: ci_width is not within 0 to 1'),
    );
  });

  it('is drawn as window_index only where it is a whole number up to 1000', () => {
    const columns = columnsWith({ window_index: STRING });
    const taken = ['1', '007', '+10', '-3', '0', '1000'];
    const refused = ['', '1.5', 'x', '1001', ' 1', '1'.repeat(20)];

    expect(taken.map((text) => refusalOf({ window_index: text }, { columns }))).toEqual(taken.map(() => undefined));
    expect(refused.map((text) => refusalOf({ window_index: text }, { columns }))).toEqual(refused.map(() => R4D));
  });

  it('is written null where it reads as NaN or infinite, counted in rows that stay', () => {
    const columns = columnsWith({ point: STRING });
    const rows = ['inf', ' -Infinity', '1e999', '1.5'].map((point, index) =>
      statisticsRow({ point, window_index: index }),
    );
    const checker = new RowChecker({
      columns,
      order: 'key',
      period: 'weekly',
      rules: CONSOLE_RULES.e5dd1051c,
      windowLimit: 1_000,
      showRow: () => '',
    });

    const { batch } = checker.check(columnBatch(columns, [...rows, statisticsRow({ metric: null, point: 'nan' })]));

    const point = batch.columns[columns.findIndex(({ name }) => name === 'point')];
    expect([...(point?.validity ?? [])]).toEqual([0b1000]);
    expect(checker.finish().endlessTexts).toBe(3);
  });
});

describe('a column of an unexpected type', () => {
  it.each([
    ['metric', FLOAT64, 1, 'R1: metric is not a text'],
    ['statistic', { kind: 'bool' }, true, 'R1: statistic is not a text'],
    ['branch', { kind: 'json' }, '5', 'R1: branch is not a text'],
    ['segment', { kind: 'array', element: STRING }, ['all'], 'R1: segment is not a text'],
    ['comparison', FLOAT64, 1, 'R1: comparison is not a text'],
    ['comparison_to_branch', { kind: 'bool' }, true, 'R1: comparison_to_branch is not a text'],
    ['parameter', { kind: 'date' }, '2026-01-01', 'R1: parameter is not a number'],
    ['point', { kind: 'json' }, '[1]', 'R1: point is not a number'],
    ['point', { kind: 'json' }, '"inf"', 'R1: point is not a number'],
    ['window_index', FLOAT64, 1, 'R1: window_index is neither a whole number nor a text'],
    ['analysis_basis', INT64, 1, 'R1: analysis_basis is neither enrollments nor exposures'],
  ] as const)('%s as %o rejects its rows', (name, type, value, reason) => {
    expect(refusalOf({ [name]: value }, { columns: columnsWith({ [name]: type }) })).toBe(reason);
  });

  it.each([
    ['metric', INT64, 5],
    ['branch', { kind: 'json' }, '"control"'],
    ['branch', NUMERIC, '0.5'],
    ['segment', { kind: 'date' }, '2026-01-01'],
    ['ci_width', NUMERIC, '0.95'],
    ['ci_width', { kind: 'bool' }, true],
    ['point', INT64, 7],
    ['point', { kind: 'bool' }, true],
    ['point', { kind: 'json' }, '"1.5"'],
    ['parameter', FLOAT64, 0.5],
  ] as const)('%s as %o is taken, because the file has a text or a number there', (name, type, value) => {
    expect(refusalOf({ [name]: value }, { columns: columnsWith({ [name]: type }) })).toBeUndefined();
  });
});
