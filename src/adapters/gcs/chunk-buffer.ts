/** Bytes that are collected until there are enough to be sent. */

const SMALLEST_BYTES = 64 * 1024;

/** Memory that grows with its content up to a limit, and is kept when it is emptied. */
export class ChunkBuffer {
  readonly #limit: number;
  #memory: Uint8Array = new Uint8Array(0);
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** What was added, in memory that the next `add` after `clear` writes to. */
  get bytes(): Uint8Array {
    return this.#memory.subarray(0, this.#length);
  }

  /** Takes a copy of as many of the bytes as there is room for, and returns the others. */
  add(bytes: Uint8Array): Uint8Array {
    const taken = bytes.subarray(0, this.#limit - this.#length);
    this.#reserve(this.#length + taken.length);
    this.#memory.set(taken, this.#length);
    this.#length += taken.length;
    return bytes.subarray(taken.length);
  }

  clear(): void {
    this.#length = 0;
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#memory.length) return;
    const wanted = Math.max(bytes, 2 * this.#memory.length, SMALLEST_BYTES);
    const larger = Buffer.allocUnsafeSlow(Math.min(wanted, this.#limit));
    larger.set(this.bytes);
    this.#memory = larger;
  }
}
