import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonArrayElements, MalformedArrayError } from '../../../src/domain/json-array-elements.ts';

/** The elements of a text that arrives in pieces of this many bytes. */
function elementsOf(text: string, pieceBytes = 7): unknown[] {
  const bytes = Buffer.from(text);
  const elements = new JsonArrayElements();
  const found: string[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes)
    found.push(...elements.push(bytes.subarray(at, at + pieceBytes)));
  elements.end();
  return found.map((element): unknown => JSON.parse(element));
}

describe('the elements of a JSON array', () => {
  it('are those of the whole text, however it is cut and spaced', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue()),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        (list, pieceBytes, isWide) => {
          const text = isWide ? `\r\n${JSON.stringify(list, undefined, 2)}\n` : JSON.stringify(list);

          expect(elementsOf(text, pieceBytes)).toEqual(JSON.parse(text));
        },
      ),
    );
  });

  it.each([
    ['', 'ends in the middle'],
    ['[{"a":1}', 'ends in the middle'],
    ['[{"a":"]', 'ends in the middle'],
    ['[1,', 'ends in the middle'],
    ['{"a":1}', 'not a list'],
    ['null', 'not a list'],
    ['[1]x', 'follows the list'],
    ['[1,]', 'missing'],
    ['[,1]', 'missing'],
  ])('of %j are refused', (text, reason) => {
    expect(() => elementsOf(text)).toThrow(reason);
  });

  it('are refused when one is too long, before it is held whole', () => {
    const elements = new JsonArrayElements({ longestBytes: 100 });
    const chunk = Buffer.from(`[${'1'.repeat(60)}`);
    elements.push(chunk);

    expect(() => elements.push(Buffer.from('1'.repeat(60)))).toThrow(MalformedArrayError);
  });

  it('keep their bytes when the memory of a chunk is used again', () => {
    const elements = new JsonArrayElements();
    const chunk = Buffer.from('["ab');
    elements.push(chunk);
    chunk.fill('x');

    expect(elements.push(Buffer.from('cd"]'))).toEqual(['"abcd"']);
  });

  it('keep a byte order mark, which is no JSON', () => {
    expect(() => elementsOf('[\ufeff1]')).toThrow(SyntaxError);
  });

  it('are refused when they are not UTF-8', () => {
    const elements = new JsonArrayElements();

    expect(() => elements.push(Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]))).toThrow('not UTF-8');
  });
});
