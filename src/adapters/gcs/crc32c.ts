/**
 * CRC32C (Castagnoli) as Cloud Storage counts it. Sixteen bytes at a step, by one table for each of them: about ten
 * times the speed of the client library's, which would be slower than the encoder whose bytes it checks.
 */

const POLYNOMIAL = 0x82f63b78;
const STEP_BYTES = 16;
const TABLES = makeTables();

/** The checksum of bytes that come in pieces. */
export class Crc32c {
  #state = -1;

  update(bytes: Uint8Array): void {
    this.#state = advance(this.#state, bytes);
  }

  /** Of all bytes so far, as the service writes it: base64 of the four bytes, highest first. */
  toBase64(): string {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(~this.#state);
    return bytes.toString('base64');
  }
}

function advance(state: number, bytes: Uint8Array): number {
  let crc = state;
  let at = 0;
  for (const end = bytes.length - STEP_BYTES; at <= end; at += STEP_BYTES) crc = step(crc, bytes, at);
  for (; at < bytes.length; at++) crc = TABLES[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  return crc;
}

/** Table k moves a byte on by k more bytes; the first byte of a step has fifteen behind it. */
function step(crc: number, bytes: Uint8Array, at: number): number {
  return (
    TABLES[0xf00 | ((crc ^ bytes[at]!) & 0xff)]! ^
    TABLES[0xe00 | (((crc >>> 8) ^ bytes[at + 1]!) & 0xff)]! ^
    TABLES[0xd00 | (((crc >>> 16) ^ bytes[at + 2]!) & 0xff)]! ^
    TABLES[0xc00 | ((crc >>> 24) ^ bytes[at + 3]!)]! ^
    TABLES[0xb00 | bytes[at + 4]!]! ^
    TABLES[0xa00 | bytes[at + 5]!]! ^
    TABLES[0x900 | bytes[at + 6]!]! ^
    TABLES[0x800 | bytes[at + 7]!]! ^
    TABLES[0x700 | bytes[at + 8]!]! ^
    TABLES[0x600 | bytes[at + 9]!]! ^
    TABLES[0x500 | bytes[at + 10]!]! ^
    TABLES[0x400 | bytes[at + 11]!]! ^
    TABLES[0x300 | bytes[at + 12]!]! ^
    TABLES[0x200 | bytes[at + 13]!]! ^
    TABLES[0x100 | bytes[at + 14]!]! ^
    TABLES[bytes[at + 15]!]!
  );
}

function makeTables(): Int32Array {
  const tables = new Int32Array(STEP_BYTES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[byte] = crc;
  }
  for (let at = 256; at < tables.length; at++) {
    const before = tables[at - 256]!;
    tables[at] = tables[before & 0xff]! ^ (before >>> 8);
  }
  return tables;
}
