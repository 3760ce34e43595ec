/** The encoder against a reference, on random tables. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowsOf } from '../../../../src/domain/column-batch.ts';
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
