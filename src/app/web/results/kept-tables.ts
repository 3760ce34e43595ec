/** Results that were read, up to a number of bytes; those that nobody has wanted for longest go first. */

interface Kept<Value> {
  readonly value: Value;
  readonly bytes: number;
}

export class KeptTables<Value> {
  readonly #limitBytes: number;
  readonly #kept = new Map<string, Kept<Value>>();
  readonly #readings = new Map<string, Promise<Value>>();
  #bytes = 0;

  constructor({ limitBytes }: { readonly limitBytes: number }) {
    this.#limitBytes = limitBytes;
  }

  /** Memory of what is kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The kept value, or what `read` gives; one reading at a time for each key. Failures are not kept. */
  get(key: string, read: () => Promise<Kept<Value>>): Promise<Value> {
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return Promise.resolve(kept.value);
    }
    const reading = this.#readings.get(key) ?? this.#begin(key, read);
    return reading;
  }

  #begin(key: string, read: () => Promise<Kept<Value>>): Promise<Value> {
    const reading = read()
      .then((found) => this.#keep(key, found))
      .finally(() => this.#readings.delete(key));
    this.#readings.set(key, reading);
    return reading;
  }

  /** A value larger than the limit is given once, and not kept. */
  #keep(key: string, found: Kept<Value>): Value {
    this.#kept.set(key, found);
    this.#bytes += found.bytes;
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#bytes <= this.#limitBytes) break;
      this.#kept.delete(oldest);
      this.#bytes -= bytes;
    }
    return found.value;
  }
}
