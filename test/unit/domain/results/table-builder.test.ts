import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedArrayError } from '../../../../src/domain/json-array-elements.ts';
import { ResultsIndex } from '../../../../src/domain/results/results-index.ts';
import { tableBytes } from '../../../../src/domain/results/results-table.ts';
import { TableBuilder } from '../../../../src/domain/results/table-builder.ts';

const ROW = {
  metric: 'm',
  statistic: 'mean',
  parameter: null,
  branch: 'treatment',
  comparison: 'relative_uplift',
  comparison_to_branch: 'control',
  ci_width: 0.95,
  point: 0.5,
  lower: 0.25,
  upper: null,
  segment: 'all',
  analysis_basis: 'enrollments',
  window_index: '2',
};
const PLACE = { basis: 'enrollments', segment: 'all' } as const;

function indexOf(rows: readonly unknown[]): ResultsIndex {
  const builder = new TableBuilder();
  builder.push(Buffer.from(JSON.stringify(rows)));
  return new ResultsIndex(builder.finish());
}

describe('the columns of a statistics file', () => {
  it('give back the rows, with null where the file has null', () => {
    const index = indexOf([
      ROW,
      { ...ROW, comparison: null, comparison_to_branch: null, point: 0, window_index: null },
    ]);

    expect(index.rows(PLACE)).toEqual([
      {
        metric: 'm',
        statistic: 'mean',
        branch: 'treatment',
        comparison: 'relative_uplift',
        against: 'control',
        window: 2,
        point: 0.5,
        lower: 0.25,
        upper: null,
        ciWidth: 0.95,
      },
      expect.objectContaining({ comparison: null, against: null, window: null, point: 0 }),
    ]);
    expect(index.windows(PLACE)).toEqual([null, 2]);
  });

  it('take `absolute` for a value of the branch', () => {
    expect(indexOf([{ ...ROW, comparison: 'absolute' }]).rows(PLACE)[0]?.comparison).toBeNull();
  });

  it('keep of rows with a parameter only that they are there', () => {
    const points = [1, 2, 3].map((parameter) => ({ ...ROW, statistic: 'kde', parameter: String(parameter) }));

    const index = indexOf([...points, ROW]);

    expect(index.rows(PLACE)).toHaveLength(1);
    expect(index.table).toMatchObject({ rowCount: 1, fileRows: 4, parameterRows: 3 });
    expect(index.distributions({ ...PLACE, window: 2 })).toEqual([{ metric: 'm', statistic: 'kde' }]);
    expect(index.distributions({ ...PLACE, window: 1 })).toEqual([]);
    expect(index.distributions({ ...PLACE, segment: 'other', window: 2 })).toEqual([]);
  });

  it('read numbers as the console does: texts, and null for what is not finite', () => {
    const [row] = indexOf([{ ...ROW, point: ' 1_0.5 ', lower: 'NaN', upper: true }]).rows(PLACE);

    expect(row).toMatchObject({ point: 10.5, lower: null, upper: 1 });
  });

  it.each([
    { metric: null },
    { statistic: 7 },
    { branch: {} },
    { segment: undefined },
    { analysis_basis: null },
    { analysis_basis: 'clicks' },
    { comparison: 1 },
    { point: 'many' },
  ])('count the row with %o as unreadable', (part) => {
    const index = indexOf([{ ...ROW, ...part }, ROW, 5, null]);

    expect(index.table).toMatchObject({ rowCount: 1, fileRows: 4, unreadableRows: 3 });
  });

  it.each(['', '{}', '[', '[1 2]', '[{"a":1},]', '[{"metric":"m"}', '[tru]', '"text"', '[1]]'])(
    'refuse %s, which is no list of rows',
    (text) => {
      const builder = new TableBuilder();

      expect(() => {
        builder.push(Buffer.from(text));
        builder.finish();
      }).toThrow(MalformedArrayError);
    },
  );

  it('are the same however the bytes are cut', () => {
    const bytes = Buffer.from(JSON.stringify([ROW, { ...ROW, metric: 'ümläut 🦊' }, { ...ROW, parameter: '0.1' }]));
    const whole = indexOf([ROW, { ...ROW, metric: 'ümläut 🦊' }, { ...ROW, parameter: '0.1' }]).table;

    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 10 }), (cuts) => {
        const builder = new TableBuilder();
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        for (const [at, from] of places.entries()) builder.push(bytes.subarray(from, places[at + 1] ?? from));
        expect(builder.finish()).toEqual(whole);
      }),
    );
  });

  it('say which segments and windows have rows', () => {
    const index = indexOf([
      { ...ROW, segment: 'new' },
      { ...ROW, window_index: '10' },
      ROW,
      { ...ROW, analysis_basis: 'exposures', window_index: '-1' },
    ]);

    expect(index.segments('enrollments')).toEqual(['all', 'new']);
    expect(index.windows(PLACE)).toEqual([2, 10]);
    expect(index.windows({ basis: 'exposures', segment: 'all' })).toEqual([-1]);
    expect(index.hasRows({ basis: 'exposures', segment: 'new' })).toBe(false);
    expect(index.rows({ ...PLACE, window: 10 })).toHaveLength(1);
    expect(index.rows({ ...PLACE, metric: 'n' })).toEqual([]);
  });

  it('tell an empty text from null', () => {
    expect(indexOf([{ ...ROW, branch: '', comparison: null, comparison_to_branch: '' }]).rows(PLACE)[0]).toMatchObject({
      branch: '',
      comparison: null,
      against: '',
    });
  });

  it('know their size', () => {
    const { table } = indexOf(Array.from({ length: 1_000 }, () => ROW));

    expect(tableBytes(table)).toBeGreaterThan(1_000 * (8 * 4 + 4 * 8));
    expect(tableBytes(table)).toBeLessThan(1_000 * 100);
  });
});
