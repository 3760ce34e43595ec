import { array, assert, nat, property, uint8Array } from 'fast-check';
import { expect, it } from 'vitest';
import { bytesIn, PieceQueue, withoutFirst } from '../../../../src/adapters/gcs/pieces.ts';

const pieces = array(uint8Array({ maxLength: 9 }), { maxLength: 9 });

it('gives back the bytes in their order, in the portions asked for', () => {
  assert(
    property(pieces, array(nat(20), { maxLength: 9 }), (given, portions) => {
      const queue = new PieceQueue();
      for (const piece of given) queue.push(piece);
      const all = Buffer.concat(given);

      const taken = portions.map((bytes) => Buffer.concat(queue.take(bytes)));
      const rest = Buffer.concat(queue.take());

      let at = 0;
      for (const [index, bytes] of portions.entries()) {
        expect(taken[index]).toEqual(all.subarray(at, at + bytes));
        at = Math.min(at + bytes, all.length);
      }
      expect(rest).toEqual(all.subarray(at));
      expect(queue.bytes).toBe(0);
    }),
  );
});

it('leaves out the first bytes, whichever piece they are in', () => {
  assert(
    property(pieces, nat(90), (given, bytes) => {
      const rest = withoutFirst(given, bytes);

      expect(Buffer.concat(rest)).toEqual(Buffer.concat(given).subarray(bytes));
      expect(bytesIn(rest)).toBe(Math.max(0, bytesIn(given) - bytes));
    }),
  );
});
