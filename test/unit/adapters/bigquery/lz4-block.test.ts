import { array, assert, constantFrom, nat, property, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unpackLz4 } from '../../../../src/adapters/bigquery/lz4-block.ts';
import { packLz4 } from '../../../support/lz4-block.ts';

/** What is worth packing: pieces that come again and again. */
const pieces = array(constantFrom('control', 'treatment-a', '\0\0\0\0\0\0\0\0', 'weekly,'), { maxLength: 120 });
const repetitive = pieces.map((texts) => Buffer.from(texts.join('')));

describe('a block of LZ4', () => {
  it.each([
    // Blocks of the reference program, lz4 1.9.4, levels 1 and 9.
    ['a letter 300 times', 'H2EBAP8UUGFhYWFh', 'a'.repeat(300)],
    [
      'a text that repeats itself',
      '/x9zdGF0aXN0aWNzX215X3NsdWdfd2Vla2x5LGNvbnRyb2wsdHJlYXRtZW50LWEsLgD/6NB0aGUgZW5kIG9mIGl0',
      `${'statistics_my_slug_weekly,control,treatment-a,'.repeat(12)}the end of it`,
    ],
    ['nothing', 'AA==', ''],
  ])('gives back %s', (_, block, text) => {
    const unpacked = unpackLz4(Buffer.from(block, 'base64'), text.length);

    expect(Buffer.from(unpacked).toString()).toBe(text);
  });

  it.each([
    ['any bytes', uint8Array({ maxLength: 3000 })],
    ['bytes that come again', repetitive],
  ])('gives back %s', (_, bytes) => {
    assert(
      property(bytes, (bytes) => {
        expect(Buffer.from(unpackLz4(packLz4(bytes), bytes.length))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('that was cut off is refused, wherever', () => {
    assert(
      property(repetitive, nat(), (bytes, cut) => {
        const block = packLz4(bytes);
        const part = block.subarray(0, cut % block.length);

        expect(() => unpackLz4(part, bytes.length)).toThrow(/compressed message/);
      }),
    );
  });

  it('never gives other than the promised number of bytes, whatever it is made of', () => {
    assert(
      property(uint8Array({ maxLength: 60 }), nat(400), (block, bytes) => {
        let unpacked: Uint8Array | undefined;
        try {
          unpacked = unpackLz4(block, bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: 'STREAM_BROKEN' });
        }
        expect(unpacked?.length ?? bytes).toBe(bytes);
      }),
    );
  });

  it.each([
    ['repeats what is before its beginning', [0x10, 0x61, 0x02, 0x00, 0x10, 0x62], 6],
    ['repeats at no distance', [0x10, 0x61, 0x00, 0x00, 0x10, 0x62], 6],
    ['holds more than is promised', [0x30, 0x61, 0x62, 0x63], 2],
    ['holds less than is promised', [0x30, 0x61, 0x62, 0x63], 4],
    ['claims more than any block holds', [0x30, 0x61, 0x62, 0x63], 2 ** 40],
  ])('that %s is refused', (_, block, bytes) => {
    expect(() => unpackLz4(Uint8Array.from(block), bytes)).toThrow(
      expect.objectContaining({ code: 'STREAM_BROKEN', failureClass: expect.any(String) }),
    );
  });
});
