/** Chance that can be repeated: the same seed and number give the same input. */

export class Random {
  #state: number;

  /** For input `index` of a run with that seed. */
  constructor(seed: number, index: number) {
    this.#state = (Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) | 0;
    this.word();
  }

  /** 32 random bits, as an unsigned integer (mulberry32). */
  word(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number {
    return least + Math.floor((this.word() / 2 ** 32) * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.word() < probability * 2 ** 32;
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.int(0, choices.length - 1)];
    if (choice === undefined && choices.length === 0) throw new RangeError('There is nothing to pick from.');
    return choice as T;
  }

  list<T>(length: number, make: (index: number) => T): T[] {
    return Array.from({ length }, (_, index) => make(index));
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.int(0, 255));
  }

  /** Text put together from pieces. */
  text(pieces: readonly string[], count: number): string {
    return this.list(count, () => this.pick(pieces)).join('');
  }

  /** A text of these pieces: mostly a short mixture, now and then one piece many times over, where super-linear work shows. */
  mixture(pieces: readonly string[], longest = 30): string {
    if (!this.chance(0.02)) return this.text(pieces, this.int(0, longest));
    const around = this.text(pieces, this.int(0, 4));
    return around + this.pick(pieces).repeat(this.pick([1_000, 20_000, 100_000])) + this.text(pieces, this.int(0, 4));
  }

  /** 64 random bits as a signed integer. */
  long(): bigint {
    return BigInt.asIntN(64, (BigInt(this.word()) << 32n) | BigInt(this.word()));
  }
}
