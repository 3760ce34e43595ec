/** The buffer that JSON text grows in, and the search for what must be escaped. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonBytes, jsonString, needsEscape } from '../../../../src/workers/statistics/json-bytes.ts';

const SEED = 20_260_115;
/** Random values take half a second, on a busy machine several times as long. */
const TIMEOUT_MS = 60_000;

function textOf(json: JsonBytes): string {
  return Buffer.from(json.bytes.subarray(0, json.length)).toString();
}

function escapedText(text: string): string {
  const bytes = Buffer.from(text);
  const json = new JsonBytes();
  json.escaped(bytes, 0, bytes.length);
  return textOf(json);
}

describe('JsonBytes', () => {
  it('puts pieces one behind the other', () => {
    const json = new JsonBytes();

    json.ascii('{"a":');
    json.utf8('"é😀"');
    json.escaped(Buffer.from('xx"yy'), 2, 3);
    json.ascii('}');

    expect(textOf(json)).toBe(String.raw`{"a":"é😀"\"}`);
  });

  it('grows as needed and keeps what it holds', () => {
    const json = new JsonBytes();
    const piece = 'é'.repeat(10_000);

    for (let count = 0; count < 20; count++) json.utf8(piece);

    expect(textOf(json)).toBe(piece.repeat(20));
  });

  it('is empty when cleared', () => {
    const json = new JsonBytes();
    json.ascii('abc');

    json.clear();
    json.ascii('d');

    expect(textOf(json)).toBe('d');
  });

  it('puts zeros behind the text, whatever was there before, and the text stays', () => {
    const json = new JsonBytes();
    json.ascii('x'.repeat(5_000));
    json.clear();
    json.ascii('ab');

    json.padEnd(16);

    expect(textOf(json)).toBe('ab');
    expect([...json.bytes.subarray(2, 18)]).toEqual(Array.from({ length: 16 }, () => 0));
  });

  it('escapes every byte as JSON.stringify does', () => {
    for (let code = 0; code < 0x80; code++) {
      const character = String.fromCharCode(code);
      expect(`"${escapedText(`a${character}b`)}"`).toBe(JSON.stringify(`a${character}b`));
    }
  });

  it(
    'escapes any text as JSON.stringify does',
    () => {
      const property = fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
        expect(`"${escapedText(text)}"`).toBe(JSON.stringify(text));
      });

      fc.assert(property, { seed: SEED, numRuns: 1_000 });
    },
    TIMEOUT_MS,
  );
});

describe('jsonString', () => {
  it('writes names as JSON, a lone surrogate as U+FFFD', () => {
    expect(['a', '', 'a"b', '__proto__', 'x\ud800'].map(jsonString)).toEqual([
      '"a"',
      '""',
      String.raw`"a\"b"`,
      '"__proto__"',
      '"x\ufffd"',
    ]);
  });
});

describe('needsEscape', () => {
  it('finds every byte that must be escaped, and no other, at every place and address', () => {
    const missed: string[] = [];
    for (let byte = 0; byte < 256; byte++) {
      const isEscaped = byte < 0x20 || byte === 0x22 || byte === 0x5c;
      for (let shift = 0; shift < 4; shift++) {
        for (let place = 0; place < 13; place++) {
          const bytes = new Uint8Array(13 + shift).fill(0x61).subarray(shift);
          bytes[place] = byte;
          if (needsEscape(bytes, 0, bytes.length) !== isEscaped) missed.push(`${byte} at ${place}, shift ${shift}`);
        }
      }
    }

    expect(missed).toEqual([]);
  });

  it(
    'never misses one, and looks at nothing outside the range',
    () => {
      const isEscaped = (byte: number): boolean => byte < 0x20 || byte === 0x22 || byte === 0x5c;
      const byte = fc.oneof(
        fc.constantFrom(0x21, 0x22, 0x23, 0x5b, 0x5c, 0x5d, 0x1f, 0x20, 0x7f, 0x80),
        fc.integer({ min: 0x23, max: 0xff }),
      );
      const property = fc.property(
        fc.array(byte, { maxLength: 60 }),
        fc.nat(60),
        fc.nat(60),
        (values, first, second) => {
          const bytes = Uint8Array.from(values);
          const from = Math.min(first, second, bytes.length);
          const to = Math.min(Math.max(first, second), bytes.length);
          const inside = bytes.subarray(from, to);

          const found = needsEscape(bytes, from, to);

          // A byte from 0x80 on beside one that borrows may be taken for an escape, which only costs time.
          const isAscii = inside.every((value) => value < 0x80);
          expect(found).toBe(inside.some(isEscaped) || (!isAscii && found));
        },
      );

      fc.assert(property, { seed: SEED, numRuns: 3_000 });
    },
    TIMEOUT_MS,
  );
});
