import { array, assert, constant, oneof, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column } from '../../../../../src/domain/column-type.ts';
import { DistinctValues, NULL_ID } from '../../../../../src/workers/statistics/acceptance/distinct-values.ts';
import { type CellValue, columnBatch } from '../../../../support/column-batches.ts';

const TEXTS: Column[] = [{ name: 'branch', type: { kind: 'string' } }];
const WINDOWS: Column[] = [{ name: 'window_index', type: { kind: 'int64' } }];

function batchOf(columns: readonly Column[], values: readonly CellValue[], memory: 'plain' | 'sliced' = 'plain') {
  return columnBatch(
    columns,
    values.map((value) => [value]),
    { memory },
  );
}

/** The texts behind the numbers that the batches got; null where there is no value. */
function textsOf(batches: readonly (readonly CellValue[])[], columns = TEXTS, memory: 'plain' | 'sliced' = 'plain') {
  const values = new DistinctValues(columns, columns[0]!.name);
  return batches.map((batch) =>
    [...values.idsOf(batchOf(columns, batch, memory)).subarray(0, batch.length)].map((id) =>
      id === NULL_ID ? null : values.value(id),
    ),
  );
}

describe('the number of a value', () => {
  it('is the same wherever the value stands, and no other has it', () => {
    const values = new DistinctValues(TEXTS, 'branch');

    const first = [...values.idsOf(batchOf(TEXTS, ['a', 'b', 'a', null, 'a']))];
    const second = [...values.idsOf(batchOf(TEXTS, ['b', 'c', '', 'a', null]))];

    expect(first).toEqual([0, 1, 0, NULL_ID, 0]);
    expect(second).toEqual([1, 2, 3, 0, NULL_ID]);
  });

  it('leads back to its text, for any texts in any memory', () => {
    const text = oneof(string({ unit: 'binary' }), constant('control'), constant('treatment'), constant(null));
    assert(
      property(array(array(text, { maxLength: 30 }), { maxLength: 4 }), (batches) => {
        const wellFormed = batches.map((batch) => batch.map((value) => value?.toWellFormed() ?? null));

        expect(textsOf(wellFormed)).toEqual(wellFormed);
        expect(textsOf(wellFormed, TEXTS, 'sliced')).toEqual(wellFormed);
      }),
    );
  });

  it('holds for thousands of values', () => {
    const batch = Array.from({ length: 5000 }, (_, index) => `value ${index}`);

    expect(textsOf([batch, batch.toReversed()])).toEqual([batch, batch.toReversed()]);
  });

  it('holds for integers, in batches of any size', () => {
    const batches = [[1, 1, 2], [2], [3, 4_294_967_297n, -1, -1, 1, 1, null]];

    expect(textsOf(batches, WINDOWS)).toEqual(batches.map((batch) => batch.map((value) => value?.toString() ?? null)));
  });
});

it('finds no value in a column that is not there', () => {
  const values = new DistinctValues(TEXTS, 'segment');

  expect([...values.idsOf(batchOf(TEXTS, ['a', 'b']))]).toEqual([NULL_ID, NULL_ID]);
  expect([values.isMissing, values.value(NULL_ID)]).toEqual([true, null]);
});

it.each([
  ['numbers', { kind: 'float64' }, [1.5, -0, 0, Number.NaN, null], [1.5, 0, 0, null, null]],
  ['truth values', { kind: 'bool' }, [true, false, null, true], [true, false, null, true]],
  ['decimals', { kind: 'numeric', scale: 9, words: 4 }, ['0.5', '2'], ['0.5', '2']],
  ['JSON', { kind: 'json' }, ['"a"', 'null', '{"b":1}', '{"b" : 1}'], ['a', null, { b: 1 }, { b: 1 }]],
  ['lists', { kind: 'array', element: { kind: 'string' } }, [['a'], [], null], [['a'], [], []]],
] as const)('finds %s as the file writes them', (_, type, cells, written) => {
  const columns: Column[] = [{ name: 'x', type }];
  const values = new DistinctValues(columns, 'x');

  const ids = [...values.idsOf(batchOf(columns, cells))];

  expect(ids.map((id) => values.value(id))).toEqual(written);
});
