/** Doubles of 52 random bits that can be asked for in any order. */

/** Between -5 and 15, the same for the same arguments. */
export function randomDouble(seed: number, row: number, column: number): number {
  const high = mixed(Math.imul(seed, 0x9e3779b1) ^ Math.imul(row, 0x85ebca77) ^ Math.imul(column + 1, 0xc2b2ae3d));
  const low = mixed(high ^ 0x27d4eb2f);
  return ((high * 2 ** 20 + (low >>> 12)) / 2 ** 52) * 20 - 5;
}

/** 32 bits for the low word of the doubles of a part of the table, so that no two parts have the same. */
export function lowWordMask(seed: number, window: number, tile: number): number {
  return mixed(Math.imul(seed ^ window, 0x165667b1) ^ Math.imul(tile + 1, 0x9e3779b1)) | 0;
}

function mixed(value: number): number {
  let word = value ^ (value >>> 15);
  word = Math.imul(word, 0x2c1b3c6d);
  word ^= word >>> 12;
  word = Math.imul(word, 0x297a2d39);
  return (word ^ (word >>> 15)) >>> 0;
}
