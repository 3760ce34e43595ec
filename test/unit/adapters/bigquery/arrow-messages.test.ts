import { Dictionary, Float64, Int32, Table, tableToIPC, Utf8, type Vector, vectorFromArray } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { toColumnBatch } from '../../../../src/adapters/bigquery/arrow-batch.ts';
import { readMessages } from '../../../../src/adapters/bigquery/arrow-messages.ts';
import { arrowColumns } from '../../../../src/adapters/bigquery/column-types.ts';
import type { ColumnBatch } from '../../../../src/domain/column-batch.ts';
import type { Column } from '../../../../src/domain/column-type.ts';
import { encodedRows } from '../../../support/read-table.ts';

/** A whole stream of an independent writer: schema, batches, end. */
function stream(texts: readonly (string | null)[], numbers: readonly (number | null)[]): Uint8Array {
  return streamOf({ text: vectorFromArray(texts, new Utf8()), number: vectorFromArray(numbers, new Float64()) });
}

function streamOf(columns: Record<string, Vector>): Uint8Array {
  return tableToIPC(new Table(columns), 'stream');
}

function readAll(bytes: Uint8Array): { columns: Column[]; batches: ColumnBatch[] } {
  const messages = readMessages(bytes);
  const columns = messages.flatMap((message) => (message.kind === 'schema' ? arrowColumns(message.fields) : []));
  const batches = messages.flatMap((message) =>
    message.kind === 'batch' ? [toColumnBatch(columns, message.batch)] : [],
  );
  return { columns, batches };
}

async function rowsOf({ columns, batches }: ReturnType<typeof readAll>): Promise<Record<string, unknown>[]> {
  return encodedRows({
    columns,
    batches: async function* () {
      yield* await Promise.resolve(batches);
    },
  });
}

describe('Arrow messages', () => {
  it('are read from a whole stream, wherever it lies in memory', async () => {
    const bytes = stream(['a', null, 'é😀'], [1.5, -0.1, null]);
    for (const shift of [0, 1, 4, 7]) {
      const moved = Buffer.concat([Buffer.alloc(8 + shift), bytes]).subarray(8 + shift);

      const read = readAll(moved);

      expect(read.columns.map((column) => [column.name, column.type.kind])).toEqual([
        ['text', 'string'],
        ['number', 'float64'],
      ]);
      expect(await rowsOf(read)).toEqual([
        { text: 'a', number: 1.5 },
        { text: null, number: -0.1 },
        { text: 'é😀', number: null },
      ]);
    }
  });

  it('that are cut off anywhere are refused, never read in part', () => {
    const bytes = stream(['a', 'b'], [1, 2]);
    const whole = readMessages(bytes).length;

    for (let length = 0; length < bytes.length; length += 3) {
      let found = 0;
      let code = 'none';
      try {
        found = readMessages(bytes.subarray(0, length)).length;
      } catch (error) {
        code = error instanceof Error && 'code' in error ? String(error.code) : 'other';
      }
      expect(['none', 'STREAM_BROKEN']).toContain(code);
      expect(found).toBeLessThanOrEqual(whole);
    }
  });

  it('of garbage are refused', () => {
    const garbage = Uint8Array.from({ length: 200 }, (_, index) => (index * 37) % 251);

    expect(() => readMessages(garbage)).toThrow(expect.objectContaining({ code: 'STREAM_BROKEN' }));
  });

  it('with a batch that does not fit the columns are refused', () => {
    const [schema, batch] = readMessages(stream(['a'], [1]));
    if (schema?.kind !== 'schema' || batch?.kind !== 'batch') throw new Error('other messages');
    const [text, number] = arrowColumns(schema.fields);
    const broken = expect.objectContaining({ code: 'STREAM_BROKEN' }) as Error;

    expect(() => toColumnBatch([text!], batch.batch)).toThrow(broken);
    expect(() => toColumnBatch([text!, number!, number!], batch.batch)).toThrow(broken);
    expect(() => toColumnBatch([number!, text!], batch.batch)).toThrow(broken);
  });

  it('with dictionaries are refused by name', () => {
    const vector = vectorFromArray(['a', 'b'], new Dictionary(new Utf8(), new Int32()));

    expect(() => readMessages(streamOf({ coded: vector }))).toThrow('"coded"');
  });
});
