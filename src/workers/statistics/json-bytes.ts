/** A growing buffer of UTF-8 JSON text, and how strings are escaped (spec: statistics, section 3). */

const BACKSLASH = 0x5c;

/** Per byte: 0 = unchanged, else the letter after the backslash; `u` stands for `\u00xx`. */
const ESCAPE_LETTER = new Uint8Array(256);
const LETTER_U = 0x75;
ESCAPE_LETTER.fill(LETTER_U, 0, 0x20);
for (const [character, letter] of ['\bb', '\tt', '\nn', '\ff', '\rr', '""', '\\\\']) {
  ESCAPE_LETTER[character!.charCodeAt(0)] = letter!.charCodeAt(0);
}

/** The longest escape of one byte: `\u001f`. */
const LONGEST_ESCAPE_BYTES = 6;

/** JSON text in pieces. It grows as needed and keeps its memory when cleared. */
export class JsonBytes {
  #buffer = Buffer.alloc(4096);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The memory of the text, longer than `length`. Replaced when a write has to grow it. */
  get bytes(): Uint8Array {
    return this.#buffer;
  }

  clear(): void {
    this.#length = 0;
  }

  /** ASCII text, unchanged. */
  ascii(text: string): void {
    this.#reserve(text.length);
    this.#length += this.#buffer.write(text, this.#length, 'latin1');
  }

  /** Any text, unchanged: the caller has escaped it. */
  utf8(text: string): void {
    this.#reserve(3 * text.length);
    this.#length += this.#buffer.write(text, this.#length, 'utf8');
  }

  /** `bytes[from, to)` of valid UTF-8, escaped for the inside of a JSON string. */
  escaped(bytes: Uint8Array, from: number, to: number): void {
    this.#reserve(LONGEST_ESCAPE_BYTES * (to - from));
    const buffer = this.#buffer;
    let at = this.#length;
    for (let index = from; index < to; index++) {
      const byte = bytes[index]!;
      const letter = ESCAPE_LETTER[byte]!;
      if (letter === 0) {
        buffer[at++] = byte;
        continue;
      }
      buffer[at++] = BACKSLASH;
      buffer[at++] = letter;
      if (letter === LETTER_U) {
        at += buffer.write(byte.toString(16).padStart(4, '0'), at, 'latin1');
      }
    }
    this.#length = at;
  }

  /** Puts `count` zeros after the text, for readers that read past its end. Does not change the length. */
  padEnd(count: number): void {
    this.#reserve(count);
    this.#buffer.fill(0, this.#length, this.#length + count);
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.alloc(Math.max(needed, 2 * this.#buffer.length));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}

/** A name as a JSON string; a lone surrogate becomes U+FFFD, as everywhere in the file. */
export function jsonString(text: string): string {
  return JSON.stringify(text.toWellFormed());
}

/**
 * Whether `bytes[from, to)`, as UTF-8, has a byte that JSON must escape: `"`, `\` or a control character. Checks four bytes
 * at a time, with the known tests for "a byte is zero" and "a byte is less than n" in a word.
 *
 * @see https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord
 */
export function needsEscape(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from;
  for (; at < to && ((bytes.byteOffset + at) & 3) !== 0; at++) if (ESCAPE_LETTER[bytes[at]!] !== 0) return true;
  const words = new Int32Array(bytes.buffer, at < to ? bytes.byteOffset + at : 0, (to - at) >> 2);
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    const quote = word ^ 0x22222222;
    const backslash = word ^ 0x5c5c5c5c;
    const found =
      ((word - 0x20202020) & ~word) | ((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash);
    if ((found & 0x80808080) !== 0) return true;
  }
  at += 4 * words.length;
  for (; at < to; at++) if (ESCAPE_LETTER[bytes[at]!] !== 0) return true;
  return false;
}
