/** The encoder against a reference, on random tables. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowsOf } from '../../../../src/domain/column-batch.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import { RowEncoder } from '../../../../src/workers/statistics/row-encoder.ts';
import { columnBatch } from '../../../support/column-batches.ts';
import { expectedRows } from './row-encoder-reference.ts';
import { randomDouble, randomTable, type RandomTable } from './row-encoder-tables.ts';

const SEED = 20_260_115;
/** Random tables take a second or two, on a busy machine several times as long. */
const TIMEOUT_MS = 60_000;

/** What the encoder makes of the batches, one after the other, and what it must make of them. */
function encodeBoth({ columns, batches }: RandomTable) {
  const encoder = new RowEncoder(columns);
  const actual = batches.map(({ rows, memory, skip }) => {
    const encoded = encoder.encode(columnBatch(columns, rows, { memory }), skip);
    return { text: textOf(encoded.bytes), rows: encoded.rows, nonFinite: encoded.nonFinite };
  });
  const expected = batches.map(({ rows, skip }) => {
    const kept = rows.filter((_, row) => skip === undefined || skip[row] === 0);
    return { ...expectedRows(columns, kept), rows: kept.length };
  });
  return { actual, expected };
}

/** An integer that is no exact number is refused. */
function orRefused<Value>(make: () => Value): Value | 'refused' {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) return 'refused';
    if (error instanceof ContrailError && error.code === 'VALUE_INVALID') return 'refused';
    throw error;
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

describe('RowEncoder on random tables', () => {
  it(
    'writes what JSON.stringify writes, leaves out what is masked, and counts what is not finite',
    () => {
      const property = fc.property(randomTable(), (table) => {
        const { actual, expected } = encodeBoth(table);

        expect(actual).toEqual(expected);
      });

      fc.assert(property, { seed: SEED, numRuns: 600 });
    },
    TIMEOUT_MS,
  );

  it(
    'leaves NULLs out and writes integers as numbers, if the style says so',
    () => {
      const style = fc.record({
        nulls: fc.constantFrom('keep' as const, 'omit' as const),
        ints: fc.constantFrom('string' as const, 'number' as const),
      });
      const property = fc.property(randomTable(), style, ({ columns, batches }, chosen) => {
        const encoder = new RowEncoder(columns, { ...chosen, before: 'new line' });
        for (const { rows, memory, skip } of batches) {
          const kept = rows.filter((_, row) => skip === undefined || skip[row] === 0);
          const actual = orRefused(() => {
            const { bytes, nonFinite } = encoder.encode(columnBatch(columns, rows, { memory }), skip);
            return { text: textOf(bytes).replaceAll('\n', ','), nonFinite };
          });

          expect(actual).toEqual(orRefused(() => expectedRows(columns, kept, chosen)));
        }
      });

      fc.assert(property, { seed: SEED + 3, numRuns: 600 });
    },
    TIMEOUT_MS,
  );

  it(
    'writes a batch in parts as it writes the whole',
    () => {
      const property = fc.property(randomTable(), ({ columns, batches }) => {
        for (const { rows, memory } of batches) {
          const batch = columnBatch(columns, rows, { memory });
          const whole = textOf(new RowEncoder(columns).encode(batch).bytes);
          const encoder = new RowEncoder(columns);
          const parts: string[] = [];
          for (let from = 0; from < rows.length; from += 8) {
            const part = rowsOf(batch, from, Math.min(from + 8, rows.length));
            parts.push(textOf(encoder.encode(part).bytes));
          }

          expect(parts.join('')).toBe(whole);
        }
      });

      fc.assert(property, { seed: SEED + 2, numRuns: 200 });
    },
    TIMEOUT_MS,
  );

  it(
    'writes JSON that reads back as an object per row with all keys in order',
    () => {
      const property = fc.property(randomTable(), ({ columns, batches }) => {
        const encoder = new RowEncoder(columns);
        for (const { rows, memory } of batches) {
          const { bytes } = encoder.encode(columnBatch(columns, rows, { memory }));
          const parsed = JSON.parse(`[${textOf(bytes).slice(1)}]`) as unknown[];

          expect(parsed).toHaveLength(rows.length);
          // Objects order keys that look like integers; the set of keys is what is left to compare.
          const names = columns.map(({ name }) => name.toWellFormed()).sort();
          for (const row of parsed) expect(Object.keys(row as object).sort()).toEqual(names);
        }
      });

      fc.assert(property, { seed: SEED + 1, numRuns: 200 });
    },
    TIMEOUT_MS,
  );

  it(
    'writes doubles that read back as the same doubles, whatever stood in the column before',
    () => {
      const columns = [{ name: 'x', type: { kind: 'float64' } as const }];
      const property = fc.property(fc.array(randomDouble(), { minLength: 1, maxLength: 300 }), (doubles) => {
        const rows = doubles.map((double) => [double]);
        const { bytes } = new RowEncoder(columns).encode(columnBatch(columns, rows));

        const parsed = JSON.parse(`[${textOf(bytes).slice(1)}]`) as { x: number | null }[];
        expect(parsed.map(({ x }) => x)).toEqual(
          doubles.map((double) => (Number.isFinite(double) ? double + 0 : null)),
        );
        expect(textOf(bytes)).toBe(expectedRows(columns, rows).text);
      });

      fc.assert(property, { seed: SEED + 2, numRuns: 500 });
    },
    TIMEOUT_MS,
  );
});
