/** Columns that grow while rows arrive. */

type Numbers = Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

const FIRST_ROWS = 1_024;

/** Numbers of one kind; doubles its room when it is full. */
export class GrowingColumn<Kind extends Numbers> {
  readonly #make: (length: number) => Kind;
  #values: Kind;
  #length = 0;

  constructor(make: (length: number) => Kind) {
    this.#make = make;
    this.#values = make(FIRST_ROWS);
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = this.#make(2 * this.#length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  /** A copy without spare room. */
  finish(): Kind {
    const values = this.#make(this.#length);
    values.set(this.#values.subarray(0, this.#length));
    return values;
  }
}

/** Texts as codes of a dictionary; code 0 stands for null. */
export class Dictionary {
  readonly texts: string[] = [''];
  readonly #codes = new Map<string, number>();

  codeOf(text: string | null): number {
    if (text === null) return 0;
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    const code = this.texts.length;
    // Texts cut from parsed JSON can keep the whole slice alive.
    const own = Buffer.from(text).toString();
    this.texts.push(own);
    this.#codes.set(own, code);
    return code;
  }
}
