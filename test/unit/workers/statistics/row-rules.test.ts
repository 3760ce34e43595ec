import { describe, expect, it } from 'vitest';
import type { Column } from '../../../../src/domain/column-type.ts';
import { RowChecker } from '../../../../src/workers/statistics/row-checker.ts';
import { columnBatch } from '../../../support/column-batches.ts';
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
} from '../../../support/statistics-table.ts';

/** The reason for which a row with these changes is refused; undefined when it is taken. The memory's layout must not matter. */
function refusalOf(changes: StatisticsRow, columns: readonly Column[] = STATISTICS_COLUMNS): string | undefined {
  const [plain, sliced] = (['plain', 'sliced'] as const).map((memory) => {
    const checker = new RowChecker({ columns, order: 'key', windowLimit: 1_000, showRow: () => '' });
    checker.check(columnBatch(columns, [statisticsRow(), statisticsRow(changes)].slice(1), { memory }));
    return checker.finish().reasons[0]?.reason;
  });
  expect(sliced).toBe(plain);
  return plain;
}

const SMALLEST = Number.MIN_VALUE;
const ABOVE_ONE = 1 + Number.EPSILON;
const LARGEST_INT64 = 2n ** 63n - 1n;

describe('a row is refused', () => {
  it.each<[reason: string, changes: StatisticsRow]>([
    ['metric is null', { metric: null }],
    ['statistic is null', { statistic: null }],
    ['branch is null', { branch: null }],
    ['segment is null', { segment: null }],
    ['metric begins with _', { metric: '_' }],
    ['branch begins with _', { branch: '_control' }],
    ['metric is a reserved name', { metric: 'model_config' }],
    ['metric is a reserved name', { metric: 'model_fields' }],
    ['branch is a reserved name', { branch: 'model_config' }],
    ['branch is a reserved name', { branch: 'model_fields' }],
    ['metric holds U+0000', { metric: 'a\0' }],
    ['statistic holds U+0000', { statistic: '\0' }],
    ['branch holds U+0000', { branch: 'a\0b' }],
    ['segment holds U+0000', { segment: '\0all' }],
    ['comparison_to_branch holds U+0000', { comparison: 'difference', comparison_to_branch: 'a\0' }],
    ['point of metric identity is null', { metric: 'identity', point: null }],
    ['point of metric identity is null', { metric: 'identity', point: Number.NaN }],
    ['ci_width is not within 0 to 1', { ci_width: -SMALLEST }],
    ['ci_width is not within 0 to 1', { ci_width: ABOVE_ONE }],
    ['ci_width is not within 0 to 1', { ci_width: 95 }],
    ['comparison and comparison_to_branch are not both set', { comparison: 'difference' }],
    ['comparison and comparison_to_branch are not both set', { comparison_to_branch: 'control' }],
    ['comparison is not difference or relative_uplift', { comparison: 'ratio', comparison_to_branch: 'control' }],
    ['comparison is not difference or relative_uplift', { comparison: 'Difference', comparison_to_branch: 'control' }],
    ['comparison is not difference or relative_uplift', { comparison: '', comparison_to_branch: 'control' }],
    ['window_index is not a positive number', { window_index: null }],
    ['window_index is not a positive number', { window_index: 0 }],
    ['window_index is not a positive number', { window_index: -1 }],
    ['window_index is not a positive number', { window_index: -LARGEST_INT64 }],
    ['analysis_basis is not enrollments or exposures', { analysis_basis: 'enrollment' }],
    ['analysis_basis is not enrollments or exposures', { analysis_basis: 'Exposures' }],
    ['analysis_basis is not enrollments or exposures', { analysis_basis: '' }],
  ])('%s: %o', (reason, changes) => {
    expect(refusalOf(changes)).toBe(reason);
  });

  it('under the first rule that it breaks', () => {
    expect(refusalOf({ metric: null, branch: null, window_index: 0 })).toBe('metric is null');
  });
});

describe('a row is taken', () => {
  it.each<[changes: StatisticsRow]>([
    [{}],
    [{ metric: 'a_', branch: 'b_' }],
    [{ metric: 'model_configs', branch: 'xmodel_fields' }],
    [{ metric: 'Model_config' }],
    [{ metric: 'é😀\u0001', statistic: '', segment: '' }],
    [{ metric: 'identity', point: 0 }],
    [{ metric: 'identity2', point: null }],
    [{ point: null, lower: null, upper: null }],
    [{ point: Number.NaN, lower: Number.POSITIVE_INFINITY, upper: Number.NEGATIVE_INFINITY }],
    [{ point: 1e308, lower: 2, upper: 1 }],
    [{ parameter: '-99999999999999999999999999999.999999999' }],
    [{ ci_width: 0 }],
    [{ ci_width: -0 }],
    [{ ci_width: 1 }],
    [{ ci_width: null }],
    [{ ci_width: Number.NaN }],
    [{ comparison: 'difference', comparison_to_branch: 'control' }],
    [{ comparison: 'relative_uplift', comparison_to_branch: 'treatment' }],
    [{ window_index: 1 }],
    [{ window_index: 2n ** 32n }],
    [{ window_index: LARGEST_INT64 }],
    [{ analysis_basis: 'exposures' }],
    [{ analysis_basis: null }],
  ])('%o', (changes) => {
    expect(refusalOf(changes)).toBeUndefined();
  });
});

describe('a column that the console needs and the table lacks refuses every row', () => {
  it.each(['metric', 'statistic', 'branch', 'segment', 'analysis_basis'])('%s', (name) => {
    expect(refusalOf({}, columnsWithout(name))).toBe(`column ${name} is missing`);
  });

  it('the point, where the metric is identity', () => {
    const columns = columnsWithout('point');

    expect(refusalOf({ metric: 'identity' }, columns)).toBe('point of metric identity is null');
    expect(refusalOf({}, columns)).toBeUndefined();
  });

  it('one of the two that make a comparison, where the other is set', () => {
    const comparison = { comparison: 'difference', comparison_to_branch: 'control' };

    expect(refusalOf(comparison, columnsWithout('comparison'))).toContain('not both set');
    expect(refusalOf(comparison, columnsWithout('comparison_to_branch'))).toContain('not both set');
    expect(refusalOf(comparison, columnsWithout('comparison', 'comparison_to_branch'))).toBeUndefined();
  });

  it('but not one that it can do without', () => {
    const columns = columnsWithout('window_index', 'parameter', 'ci_width', 'lower', 'upper');

    expect(refusalOf({ window_index: 0, ci_width: 2 }, columns)).toBeUndefined();
  });
});

describe('a number kept as text', () => {
  it.each(['parameter', 'point', 'lower', 'upper'])('is taken as %s only where it is a number', (name) => {
    const columns = columnsWith({ [name]: STRING });
    const taken = ['1', '-1.5', '+1', '.5', '5.', '1e3', '1E-300', ' 1 '];
    const refused = ['', ' ', 'x', '1,5', '1e', '.', '0x10', 'NaN', 'Infinity', '1 2'];

    expect(taken.map((text) => refusalOf({ [name]: text }, columns))).toEqual(taken.map(() => undefined));
    expect(refused.map((text) => refusalOf({ [name]: text }, columns))).toEqual(
      refused.map(() => `${name} is not a number`),
    );
  });

  it('is taken as ci_width only within 0 to 1', () => {
    const columns = columnsWith({ ci_width: STRING });

    expect(['0', '0.95', '1.0'].map((text) => refusalOf({ ci_width: text }, columns))).toEqual(
      Array(3).fill(undefined),
    );
    expect(['-0.1', '1.01', ''].map((text) => refusalOf({ ci_width: text }, columns))).toEqual(
      Array(3).fill('ci_width is not within 0 to 1'),
    );
  });

  it('is taken as window_index only where it is a positive whole number', () => {
    const columns = columnsWith({ window_index: STRING });

    expect(['1', '007', '10'].map((text) => refusalOf({ window_index: text }, columns))).toEqual(
      Array(3).fill(undefined),
    );
    expect(['', '0', '00', '-1', '1.5', 'x', null].map((text) => refusalOf({ window_index: text }, columns))).toEqual(
      Array(7).fill('window_index is not a positive number'),
    );
  });
});

describe('a column of an unexpected type', () => {
  it.each([
    ['metric', FLOAT64, 1, 'metric is not a text'],
    ['statistic', { kind: 'bool' }, true, 'statistic is not a text'],
    ['branch', { kind: 'json' }, '"control"', 'branch is not a text'],
    ['segment', { kind: 'array', element: STRING }, ['all'], 'segment is not a text'],
    ['point', { kind: 'bool' }, true, 'point is not a number'],
    ['parameter', { kind: 'date' }, '2026-01-01', 'parameter is not a number'],
    ['ci_width', { kind: 'bool' }, true, 'ci_width is not within 0 to 1'],
    ['window_index', FLOAT64, 1, 'window_index is not a positive number'],
    ['analysis_basis', INT64, 1, 'analysis_basis is not enrollments or exposures'],
  ] as const)('%s as %o refuses its rows', (name, type, value, reason) => {
    expect(refusalOf({ [name]: value }, columnsWith({ [name]: type }))).toBe(reason);
  });

  it.each([
    ['metric', INT64, 5],
    ['branch', NUMERIC, '0.5'],
    ['segment', { kind: 'date' }, '2026-01-01'],
    ['ci_width', NUMERIC, '0.95'],
    ['ci_width', INT64, 1],
    ['point', INT64, 7],
    ['parameter', FLOAT64, 0.5],
  ] as const)('%s as %o is taken, because the file has a text or a number there', (name, type, value) => {
    expect(refusalOf({ [name]: value }, columnsWith({ [name]: type }))).toBeUndefined();
  });
});

describe('U+0000', () => {
  const strings = { kind: 'array', element: STRING } as const;
  const struct = { kind: 'struct', fields: [{ name: 'a', type: strings }] } as const;
  const json = { kind: 'json' } as const;

  it.each([
    ['a further column', STRING, 'a\0'],
    ['an element of an array', strings, ['a', 'b\0']],
    ['a field of a struct', struct, { a: ['a', '\0'] }],
    ['a value of JSON', json, '{"a":["\\u0000"]}'],
    ['a key of JSON', json, '{"\\u0000":1}'],
    ['JSON behind an escaped backslash', json, '"\\\\\\u0000"'],
  ])('is found in %s', (_, type, value) => {
    expect(refusalOf({ extra: value }, columnsWith({ extra: type }))).toBe('extra holds U+0000');
  });

  it.each([
    ['arrays', strings, ['a', null, '']],
    ['NULL arrays', strings, null],
    ['structs', struct, { a: null }],
    ['NULL structs', struct, null],
    ['JSON', json, '{"a":"\\u0001"}'],
    ['JSON that has a backslash and the letters u0000', json, '"\\\\u0000"'],
    ['bytes, which are written as base64', { kind: 'bytes' }, Uint8Array.of(0)],
  ] as const)('is not seen in %s without it', (_, type, value) => {
    expect(refusalOf({ extra: value }, columnsWith({ extra: type }))).toBeUndefined();
  });
});
