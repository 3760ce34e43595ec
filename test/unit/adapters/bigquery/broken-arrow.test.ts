/** Arrow data that lie about their own lengths and places: refused, whatever else they say. */
import { Float64, List, Table, tableToIPC, Utf8, type Vector, vectorFromArray, Field } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { toColumnBatch } from '../../../../src/adapters/bigquery/arrow-batch.ts';
import { type ArrowBatch, readMessages } from '../../../../src/adapters/bigquery/arrow-messages.ts';
import { arrowColumns } from '../../../../src/adapters/bigquery/column-types.ts';
import { unpackLz4 } from '../../../../src/adapters/bigquery/lz4-block.ts';
import type { Column } from '../../../../src/domain/column-type.ts';

const BROKEN = expect.objectContaining({ code: 'STREAM_BROKEN' }) as Error;

/** A batch with the nodes (length, NULLs) and places (offset, length) that the message gives its columns. */
function batchOf(columns: Record<string, Vector>): { columns: Column[]; batch: ArrowBatch } {
  const [schema, message] = readMessages(tableToIPC(new Table(columns), 'stream'));
  if (schema?.kind !== 'schema' || message?.kind !== 'batch') throw new Error('other messages');
  return { columns: arrowColumns(schema.fields), batch: message.batch };
}

function texts() {
  return batchOf({ text: vectorFromArray(['abc', null, 'de'], new Utf8()) });
}

function lists() {
  const type = new List(new Field('item', new Float64(), true));
  return batchOf({ list: vectorFromArray([[1, 2], [], [3]], type) });
}

/** The batch with one number replaced. */
function withNumber(batch: ArrowBatch, list: 'nodes' | 'places', index: number, value: number): ArrowBatch {
  return { ...batch, [list]: batch[list].with(index, value) };
}

/** The batch with other offsets in its first column. */
function withOffsets(batch: ArrowBatch, offsets: readonly number[]): ArrowBatch {
  const body = batch.body.slice();
  new Int32Array(body.buffer, batch.places[2], offsets.length).set(offsets);
  return { ...batch, body };
}

describe('a record batch', () => {
  it.each([
    ['begin below zero', [-1, 3, 3, 5]],
    ['fall', [0, 5, 3, 5]],
    ['fall so far that their difference overflows', [2 ** 31 - 1, -(2 ** 31), 3, 5]],
    ['lead behind the text', [0, 3, 3, 2 ** 31 - 1]],
  ])('is refused when the offsets of a text column %s', (_, offsets) => {
    const { columns, batch } = texts();

    expect(() => toColumnBatch(columns, withOffsets(batch, offsets))).toThrow(BROKEN);
  });

  it.each([
    ['lead behind its elements', [0, 2, 2, 2 ** 31 - 1]],
    ['fall', [0, 3, 2, 3]],
    ['begin below zero', [-3, 2, 2, 3]],
  ])('is refused when the offsets of a list %s', (_, offsets) => {
    const { columns, batch } = lists();

    expect(() => toColumnBatch(columns, withOffsets(batch, offsets))).toThrow(BROKEN);
  });

  it.each([
    ['fewer values than the batch has rows', 'nodes', 0, 2],
    ['more values than the batch has rows', 'nodes', 0, 4],
    ['fewer than no values', 'nodes', 0, -1],
    ['more values than any memory holds', 'nodes', 0, 2 ** 60],
    ['fewer than no NULLs', 'nodes', 1, -1],
    ['more NULLs than rows', 'nodes', 1, 4],
    ['bytes before its body', 'places', 2, -8],
    ['bytes behind its body', 'places', 4, 2 ** 40],
    ['a negative number of bytes', 'places', 5, -1],
    ['bytes of another column', 'places', 4, 0],
  ] as const)('is refused when a column claims %s', (_, list, index, value) => {
    const { columns, batch } = texts();

    expect(() => toColumnBatch(columns, batch)).not.toThrow();
    expect(() => toColumnBatch(columns, withNumber(batch, list, index, value))).toThrow(BROKEN);
  });

  it('is refused when it claims more rows than its body has bits', () => {
    const columns: Column[] = [{ name: 'empty', type: { kind: 'struct', fields: [] } }];
    const rowCount = 2 ** 40;
    const nodes = Float64Array.of(rowCount, 0);
    const batch = { rowCount, nodes, places: Float64Array.of(0, 0), body: new Uint8Array(8) };

    expect(() => toColumnBatch(columns, batch)).toThrow(BROKEN);
  });
});

describe('an Arrow message', () => {
  const stream = tableToIPC(new Table({ text: vectorFromArray(['abc'], new Utf8()) }), 'stream');

  /** Where the header of the second message, that of the batch, tells the length of its body. */
  function bodyLengthAt(): number {
    const [, message] = readMessages(stream);
    const length = BigInt(message?.kind === 'batch' ? message.batch.body.length : 0);
    const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
    const from = 8 + view.getInt32(4, true);
    for (let at = from; at + 8 <= stream.length; at += 4) if (view.getBigInt64(at, true) === length) return at;
    throw new Error('no body length');
  }

  it.each([-1n, -200n, 2n ** 62n, -(2n ** 63n)])('is refused when its body has a length of %d', (length) => {
    const bytes = stream.slice();
    new DataView(bytes.buffer).setBigInt64(bodyLengthAt(), length, true);

    expect(() => readMessages(bytes)).toThrow(BROKEN);
  });

  it('is refused when a column is its own child', () => {
    expect(readMessages(schemaOfFields([]))).toMatchObject([{ fields: [{ children: [] }] }]);
    expect(() => readMessages(schemaOfFields([0]))).toThrow(BROKEN);
  });

  it('is refused when columns share their children, level by level', () => {
    expect(readMessages(schemaOfFields([1]))).toMatchObject([{ fields: [{ children: [{ children: [{}] }] }] }]);
    expect(() => readMessages(schemaOfFields([1, 1, 1, 1]))).toThrow(BROKEN);
  });

  it('is refused when a list claims more entries than the message has bytes', () => {
    const bytes = schemaOfFields([]);
    new DataView(bytes.buffer).setUint32(8 + FIELDS_VECTOR, 0xffffffff, true);

    expect(() => readMessages(bytes)).toThrow(BROKEN);
  });
});

const FIELDS_VECTOR = 60;
const LEVELS = 20;
const FIELD_BYTES = 64;

/**
 * A schema of one field, each field with these children: 0 is the field itself, 1 the field of the next level. Written
 * by hand, for no library writes it.
 */
function schemaOfFields(children: readonly number[]): Uint8Array {
  const fieldsAt = FIELDS_VECTOR + 8;
  const bytes = new Uint8Array(8 + fieldsAt + (LEVELS + 1) * FIELD_BYTES);
  const header = new DataView(bytes.buffer, 8);
  new DataView(bytes.buffer).setUint32(0, 0xffffffff, true);
  new DataView(bytes.buffer).setInt32(4, header.byteLength, true);
  header.setUint32(0, 16, true);
  // The message: version, kind 1 (schema), header.
  writeVtable(header, { at: 4, slots: [0, 4, 8], bytes: 12 });
  header.setInt32(16, 12, true);
  header.setInt8(20, 1);
  header.setUint32(24, 44 - 24, true);
  // The schema: endianness left out, a list of one field.
  writeVtable(header, { at: 32, slots: [0, 4], bytes: 8 });
  header.setInt32(44, 12, true);
  header.setUint32(48, FIELDS_VECTOR - 48, true);
  header.setUint32(FIELDS_VECTOR, 1, true);
  header.setUint32(FIELDS_VECTOR + 4, fieldsAt + 16 - (FIELDS_VECTOR + 4), true);
  for (let level = 0; level <= LEVELS; level++) {
    const at = fieldsAt + level * FIELD_BYTES;
    // A field: only its children.
    writeVtable(header, { at, slots: [0, 0, 0, 0, 0, 4], bytes: 8 });
    header.setInt32(at + 16, 16, true);
    header.setUint32(at + 20, 4, true);
    const isLast = level === LEVELS;
    header.setUint32(at + 24, isLast ? 0 : children.length, true);
    children.forEach((step, index) => {
      const target = at + step * FIELD_BYTES + 16;
      const place = at + 28 + 4 * index;
      if (!isLast) header.setInt32(place, target - place, true);
    });
  }
  return bytes;
}

function writeVtable(
  view: DataView,
  { at, slots, bytes }: { readonly at: number; readonly slots: readonly number[]; readonly bytes: number },
): void {
  view.setUint16(at, 4 + 2 * slots.length, true);
  view.setUint16(at + 2, bytes, true);
  slots.forEach((slot, index) => view.setUint16(at + 4 + 2 * index, slot, true));
}

describe('a compressed message', () => {
  it('is refused when it claims more than the service sends', () => {
    const zeros = new Uint8Array(2 * 1024 * 1024);

    expect(() => unpackLz4(zeros, 300 * 1024 * 1024)).toThrow(/claims to hold/);
  });
});

describe('a decimal column', () => {
  it.each([
    [128, 39],
    [128, -1],
    [256, 2 ** 31 - 1],
    [64, 9],
  ])('of %d bits with the scale %d has no place in the format', (bits, scale) => {
    const type = { name: 'Decimal', bits, scale, unit: 0, isSigned: false, hasZone: false };

    expect(() => arrowColumns([{ name: 'd', type, children: [], extension: undefined }])).toThrow(
      expect.objectContaining({ code: 'COLUMN_TYPE_UNSUPPORTED' }),
    );
  });
});
