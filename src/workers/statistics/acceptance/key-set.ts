/**
 * A set of keys as 96-bit hashes: twelve bytes per key, no objects. Among a million keys, two share a hash with a probability
 * below 1e-17. A key is built value by value, then added or looked up.
 */

const LANES = 3;
const SMALLEST_CAPACITY = 1 << 10;
const DOUBLE = new Float64Array(1);
const DOUBLE_WORDS = new Int32Array(DOUBLE.buffer);

export class KeySet {
  #slots = new Int32Array(SMALLEST_CAPACITY * LANES);
  #capacity = SMALLEST_CAPACITY;
  #size = 0;
  #a = 0;
  #b = 0;
  #c = 0;

  get size(): number {
    return this.#size;
  }

  /** Forgets all keys but keeps the memory. */
  clear(): void {
    this.#slots.fill(0);
    this.#size = 0;
  }

  /** Starts a key. */
  begin(): void {
    this.#a = 0x2545f491;
    this.#b = 0x1b873593;
    this.#c = 0x38b34ae5;
  }

  mixNull(): void {
    this.mixWord(-1);
    this.mixWord(0x6e756c6c);
  }

  /** A text or bytes. Includes the length, so that `a`, `bc` differs from `ab`, `c`. */
  mixBytes(bytes: Uint8Array, start: number, end: number): void {
    this.mixWord(end - start);
    let at = start;
    for (; at + 4 <= end; at += 4) {
      this.mixWord(bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    }
    let rest = 0;
    for (let shift = 0; at < end; at++, shift += 8) rest |= bytes[at]! << shift;
    this.mixWord(rest);
  }

  /** -0 counts as 0. */
  mixDouble(values: Float64Array, row: number): void {
    DOUBLE[0] = values[row]! + 0;
    this.mixWord(DOUBLE_WORDS[0]!);
    this.mixWord(DOUBLE_WORDS[1]!);
  }

  mixWords(words: Int32Array, start: number, end: number): void {
    for (let index = start; index < end; index++) this.mixWord(words[index]!);
  }

  mixWord(word: number): void {
    const a = Math.imul(this.#a ^ word, 0x9e3779b1);
    const b = Math.imul(this.#b + word, 0x85ebca77);
    const c = Math.imul(this.#c ^ (word << 16) ^ (word >>> 16), 0xc2b2ae3d);
    this.#a = a ^ (a >>> 15) ^ b;
    this.#b = b ^ (b >>> 13);
    this.#c = c ^ (c >>> 16) ^ a;
  }

  /** Adds the built key; false if it was there already. */
  add(): boolean {
    const slot = this.#slotOfKey();
    if (this.#isUsed(slot)) return false;
    this.#write(slot);
    this.#size += 1;
    if (this.#size * 2 > this.#capacity) this.#grow();
    return true;
  }

  /** Whether the built key is in the set. */
  has(): boolean {
    return this.#isUsed(this.#slotOfKey());
  }

  /** The slot of the key, or the free slot for it. */
  #slotOfKey(): number {
    // A free slot is all zeros, which no key may be.
    if ((this.#a | this.#b | this.#c) === 0) this.#a = 1;
    const mask = this.#capacity - 1;
    for (let slot = this.#a & mask; ; slot = (slot + 1) & mask) {
      const at = slot * LANES;
      const isSame = this.#slots[at] === this.#a && this.#slots[at + 1] === this.#b && this.#slots[at + 2] === this.#c;
      if (isSame || !this.#isUsed(slot)) return slot;
    }
  }

  #isUsed(slot: number): boolean {
    const at = slot * LANES;
    return (this.#slots[at]! | this.#slots[at + 1]! | this.#slots[at + 2]!) !== 0;
  }

  #write(slot: number): void {
    const at = slot * LANES;
    this.#slots[at] = this.#a;
    this.#slots[at + 1] = this.#b;
    this.#slots[at + 2] = this.#c;
  }

  #grow(): void {
    const old = this.#slots;
    const [a, b, c] = [this.#a, this.#b, this.#c];
    this.#capacity *= 2;
    this.#slots = new Int32Array(this.#capacity * LANES);
    for (let at = 0; at < old.length; at += LANES) {
      if ((old[at]! | old[at + 1]! | old[at + 2]!) === 0) continue;
      [this.#a, this.#b, this.#c] = [old[at]!, old[at + 1]!, old[at + 2]!];
      this.#write(this.#slotOfKey());
    }
    [this.#a, this.#b, this.#c] = [a, b, c];
  }
}
