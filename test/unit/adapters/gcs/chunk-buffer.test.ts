import { expect, it } from 'vitest';
import { ChunkBuffer } from '../../../../src/adapters/gcs/chunk-buffer.ts';

const KIBIBYTE = 1024;

function bytes(length: number, value: number): Buffer {
  return Buffer.alloc(length, value);
}

it('keeps a copy of what it is given, in order', () => {
  const buffer = new ChunkBuffer(KIBIBYTE * KIBIBYTE);
  const memory = bytes(100 * KIBIBYTE, 1);

  expect(buffer.add(memory)).toHaveLength(0);
  expect(buffer.add(memory.fill(2))).toHaveLength(0);

  const expected = Buffer.concat([bytes(100 * KIBIBYTE, 1), bytes(100 * KIBIBYTE, 2)]);
  expect(Buffer.compare(buffer.bytes, expected)).toBe(0);
});

it('returns what it has no room for', () => {
  const buffer = new ChunkBuffer(5);

  expect(buffer.add(Uint8Array.of(1, 2, 3))).toEqual(Uint8Array.of());
  expect(buffer.add(Uint8Array.of(4, 5, 6, 7))).toEqual(Uint8Array.of(6, 7));
  expect(buffer.add(Uint8Array.of(6, 7))).toEqual(Uint8Array.of(6, 7));
  expect([...buffer.bytes]).toEqual([1, 2, 3, 4, 5]);
});

it('takes no more memory than its limit, and uses it again', () => {
  const buffer = new ChunkBuffer(150 * KIBIBYTE);
  buffer.add(bytes(150 * KIBIBYTE, 1));
  const first = buffer.bytes;

  buffer.clear();
  expect(buffer.bytes).toHaveLength(0);
  buffer.add(bytes(10, 2));

  expect(buffer.bytes.buffer).toBe(first.buffer);
  expect(first.buffer.byteLength).toBe(150 * KIBIBYTE);
});
