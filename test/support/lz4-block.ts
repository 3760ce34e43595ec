/**
 * Packs bytes as a raw LZ4 block, the plain way: the last place where the next four bytes stood is looked at, and no
 * other. For what the service does and no product code needs.
 *
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 */

const LEAST_MATCH = 4;
const LONGEST_DISTANCE = 65_535;
/** The format wants the last five bytes to be literals, and no match to begin in the last twelve. */
const LAST_LITERALS = 5;
const NO_MATCH_IN_LAST = 12;
const TABLE_BITS = 14;

export function packLz4(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lastSeen = new Int32Array(1 << TABLE_BITS).fill(-1);
  const packed: Uint8Array[] = [];
  let literalsFrom = 0;
  for (let at = 0; at + NO_MATCH_IN_LAST <= bytes.length;) {
    const word = view.getUint32(at, true);
    const slot = Math.imul(word, 2_654_435_761) >>> (32 - TABLE_BITS);
    const before = lastSeen[slot]!;
    lastSeen[slot] = at;
    const isMatch = before >= 0 && at - before <= LONGEST_DISTANCE && view.getUint32(before, true) === word;
    if (!isMatch) {
      at += 1;
      continue;
    }
    const length = matchLength(bytes, before, at);
    packed.push(sequence(bytes.subarray(literalsFrom, at), { distance: at - before, length }));
    at += length;
    literalsFrom = at;
  }
  packed.push(sequence(bytes.subarray(literalsFrom)));
  return Buffer.concat(packed);
}

function matchLength(bytes: Uint8Array, before: number, at: number): number {
  let length = LEAST_MATCH;
  while (at + length < bytes.length - LAST_LITERALS && bytes[before + length] === bytes[at + length]) length += 1;
  return length;
}

function sequence(literals: Uint8Array, match?: { readonly distance: number; readonly length: number }): Uint8Array {
  const [literalsNibble, moreLiterals] = lengthOf(literals.length);
  if (match === undefined) return Buffer.concat([Uint8Array.of(literalsNibble << 4), moreLiterals, literals]);
  const { distance, length } = match;
  const [matchNibble, moreMatch] = lengthOf(length - LEAST_MATCH);
  const token = Uint8Array.of((literalsNibble << 4) | matchNibble);
  const place = Uint8Array.of(distance & 0xff, distance >> 8);
  return Buffer.concat([token, moreLiterals, literals, place, moreMatch]);
}

/** Four bits of a length, and the bytes behind them where they do not suffice. */
function lengthOf(length: number): [number, Uint8Array] {
  if (length < 15) return [length, new Uint8Array()];
  const rest = length - 15;
  const more = new Uint8Array(Math.floor(rest / 255) + 1).fill(255);
  more[more.length - 1] = rest % 255;
  return [15, more];
}
