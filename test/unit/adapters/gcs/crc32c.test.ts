import { assert, nat, property, uint8Array } from 'fast-check';
import { expect, it } from 'vitest';
import { Crc32c } from '../../../../src/adapters/gcs/crc32c.ts';
import { crc32cOf } from './plain-crc32c.ts';

function sumOf(...pieces: Uint8Array[]): string {
  const crc = new Crc32c();
  for (const piece of pieces) crc.update(piece);
  return crc.toBase64();
}

it.each([
  // RFC 3720, appendix B.4, and the check value of the CRC catalogue.
  ['nothing', new Uint8Array(), '00000000'],
  ['123456789', Buffer.from('123456789'), 'e3069283'],
  ['32 zeros', new Uint8Array(32), '8a9136aa'],
  ['32 ones', new Uint8Array(32).fill(0xff), '62a8ab43'],
  ['0 to 31', Uint8Array.from({ length: 32 }, (_, index) => index), '46dd794e'],
])('sums %s as the standard says', (_, bytes, hex) => {
  expect(sumOf(bytes)).toBe(Buffer.from(hex, 'hex').toString('base64'));
});

it('sums the same bytes alike, however they are divided', () => {
  assert(
    property(uint8Array({ maxLength: 200 }), nat(200), nat(200), (bytes, first, second) => {
      const [from, to] = [Math.min(first, second), Math.max(first, second)];

      expect(sumOf(bytes.subarray(0, from), bytes.subarray(from, to), bytes.subarray(to))).toBe(crc32cOf(bytes));
    }),
  );
});
