/**
 * Unpacks raw LZ4 blocks of the Storage Read API. Not a library, because the maintained ones are native, and twice the
 * speed of a hundredth of an export is not worth it (docs/adr/0015-own-code-and-libraries.md).
 *
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 */
import { broken, isCount } from './arrow-messages.ts';

/** Most growth of a block: each of its bytes adds at most 255 to a length. */
const MOST_EXPANSION = 255;
/** The service's largest message: 128 MiB. */
const MOST_BYTES = 256 * 1024 * 1024;
const LEAST_MATCH = 4;
/** This four-bit length continues in the following bytes. */
const LONG = 15;
/** Up to this many bytes, a loop is faster than a call. */
const FEW_BYTES = 32;

/** Unpacks a block into exactly that many bytes. Throws STREAM_BROKEN if it does not fit. */
export function unpackLz4(block: Uint8Array, bytes: number): Uint8Array {
  if (!isCount(bytes) || bytes > MOST_BYTES || bytes > block.length * MOST_EXPANSION) {
    throw broken(`a compressed message of ${block.length} bytes claims to hold ${bytes}`);
  }
  const unpacker = new Unpacker(block, new Uint8Array(bytes));
  return unpacker.run();
}

class Unpacker {
  readonly #block: Uint8Array;
  readonly #unpacked: Uint8Array;
  #from = 0;
  #to = 0;

  constructor(block: Uint8Array, unpacked: Uint8Array) {
    this.#block = block;
    this.#unpacked = unpacked;
  }

  /** Literals and a match, repeatedly; the last literals have no match. */
  run(): Uint8Array {
    for (;;) {
      const token = this.#byte();
      this.#copyLiterals(this.#length(token >> 4));
      if (this.#from === this.#block.length) break;
      const distance = this.#byte() | (this.#byte() << 8);
      this.#repeat(distance, this.#length(token & LONG) + LEAST_MATCH);
    }
    if (this.#to !== this.#unpacked.length) throw misshapen();
    return this.#unpacked;
  }

  #byte(): number {
    const byte = this.#block[this.#from++];
    if (byte === undefined) throw misshapen();
    return byte;
  }

  #length(start: number): number {
    if (start < LONG) return start;
    let length = start;
    for (let more = 255; more === 255; length += more) more = this.#byte();
    return length;
  }

  #copyLiterals(length: number): void {
    const block = this.#block;
    const unpacked = this.#unpacked;
    let from = this.#from;
    let to = this.#to;
    const end = to + length;
    if (from + length > block.length || end > unpacked.length) throw misshapen();
    if (length > FEW_BYTES) unpacked.set(block.subarray(from, from + length), to);
    else while (to < end) unpacked[to++] = block[from++]!;
    this.#from += length;
    this.#to = end;
  }

  /** Copies earlier bytes; if there are fewer than wanted, they repeat. */
  #repeat(distance: number, length: number): void {
    const unpacked = this.#unpacked;
    let to = this.#to;
    let from = to - distance;
    const end = to + length;
    if (distance === 0 || from < 0 || end > unpacked.length) throw misshapen();
    if (length > FEW_BYTES && distance >= length) unpacked.copyWithin(to, from, from + length);
    else while (to < end) unpacked[to++] = unpacked[from++]!;
    this.#to = end;
  }
}

function misshapen(): Error {
  return broken('a compressed message cannot be unpacked');
}
