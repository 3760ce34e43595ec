/** Reading arrays in pieces of any size. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readElements } from '../../../../src/app/verify/json-elements.ts';
import { MalformedArrayError } from '../../../../src/domain/json-array-elements.ts';

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  // One buffer for all chunks, as a stream may have.
  const shared = Buffer.alloc(size);
  for (let from = 0; from < bytes.length; from += size) {
    const length = Math.min(size, bytes.length - from);
    shared.set(bytes.subarray(from, from + length));
    yield shared.subarray(0, length);
  }
}

async function read(text: string | Uint8Array, size = 7): Promise<unknown[]> {
  const elements: unknown[] = [];
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  for await (const some of readElements(chunks(bytes, size))) elements.push(...some);
  return elements;
}

describe('an array', () => {
  it('is read alike in chunks of any size', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), fc.integer({ min: 1, max: 40 }), async (values, size) => {
        const text = JSON.stringify(values);

        expect(await read(text, size)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('is accepted exactly if it is JSON', async () => {
    const piece = fc.constantFrom('[', ']', '{', '}', ',', ':', '"', '\\', '1', 'null', 'a', ' ', '"k"');
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), fc.integer({ min: 1, max: 5 }), async (pieces, size) => {
        const text = `[${pieces.join('')}`;
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          await expect(read(text, size)).rejects.toThrow(MalformedArrayError);
          return;
        }
        expect(await read(text, size)).toEqual(expected);
      }),
      { numRuns: 3_000 },
    );
  });

  it('is read a list at a time, when it is large', async () => {
    const rows = Array.from({ length: 30_000 }, (_, index) => ({ index, text: 'é]},"\\'.repeat(10) }));
    const lists: (readonly unknown[])[] = [];
    for await (const list of readElements(chunks(Buffer.from(JSON.stringify(rows)), 65_536))) lists.push(list);

    expect(lists.length).toBeGreaterThan(2);
    expect(lists.flat()).toEqual(rows);
  });
});

describe('a large array that breaks', () => {
  it('is told with the row before', async () => {
    const rows = Array.from({ length: 30_000 }, (_, index) => ({ index, text: 'x'.repeat(100) }));
    const text = JSON.stringify(rows);

    await expect(read(text.slice(0, -1), 65_536)).rejects.toThrow('it ends in the middle after row 29,999');
  });
});

describe('what is no array', () => {
  it.each([
    ['', 'it ends in the middle'],
    ['{}', 'it is not a list'],
    ['\ufeff[]', 'it is not a list'],
    ['[\ufeff1]', 'it is not valid JSON'],
    ['[1,2', 'it ends in the middle after row 1'],
    ['[1,"a]', 'it ends in the middle after row 1'],
    ['[1,]', 'a value is missing between commas'],
    ['[1}', 'it ends in the middle'],
    ['[1]2', 'something follows the list'],
    ['[1][2]', 'something follows the list'],
  ])('%j %s', async (text, message) => {
    await expect(read(text)).rejects.toThrow(new MalformedArrayError(message));
  });

  it('may be bytes that are not UTF-8', async () => {
    await expect(read(Uint8Array.from([0x5b, 0x22, 0xff, 0x22, 0x5d]))).rejects.toThrow('it is not UTF-8');
  });
});
