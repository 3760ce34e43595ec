/**
 * Reads FlatBuffers, the framing of Arrow's messages: tables of optional fields found through offsets. Supports only what
 * those messages use. A broken message throws a RangeError: bounds are checked by DataView or here, and reading stops
 * when offsets lead to the same table so often that it has read more than the message could hold.
 *
 * @see https://flatbuffers.dev/internals/
 */
export class FlatTable {
  readonly #view: DataView;
  readonly #budget: Budget;
  readonly #start: number;
  readonly #vtable: number;
  readonly #vtableBytes: number;

  constructor(view: DataView, start: number, budget: Budget) {
    budget.take(LEAST_TABLE_BYTES);
    this.#view = view;
    this.#budget = budget;
    this.#start = start;
    this.#vtable = start - view.getInt32(start, true);
    this.#vtableBytes = view.getUint16(this.#vtable, true);
  }

  /** The root table of a buffer. */
  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, view.getUint32(0, true), new Budget(MOST_SHARING * bytes.length));
  }

  int8(field: number, fallback = 0): number {
    const at = this.#place(field);
    return at === 0 ? fallback : this.#view.getInt8(at);
  }

  int16(field: number, fallback = 0): number {
    const at = this.#place(field);
    return at === 0 ? fallback : this.#view.getInt16(at, true);
  }

  int32(field: number, fallback = 0): number {
    const at = this.#place(field);
    return at === 0 ? fallback : this.#view.getInt32(at, true);
  }

  /** A 64-bit integer that fits into a double: lengths and counts. */
  long(field: number): number {
    const at = this.#place(field);
    return at === 0 ? 0 : Number(this.#view.getBigInt64(at, true));
  }

  has(field: number): boolean {
    return this.#place(field) !== 0;
  }

  table(field: number): FlatTable | undefined {
    const at = this.#place(field);
    return at === 0 ? undefined : new FlatTable(this.#view, this.#follow(at), this.#budget);
  }

  text(field: number): string | undefined {
    const at = this.#place(field);
    if (at === 0) return undefined;
    const start = this.#follow(at);
    const length = this.#view.getUint32(start, true);
    this.#checkRange(start + 4, length);
    this.#budget.take(length);
    return Buffer.from(this.#view.buffer, this.#view.byteOffset + start + 4, length).toString('utf8');
  }

  tables(field: number): FlatTable[] {
    const { start, length } = this.#vector(field, 4);
    return Array.from(
      { length },
      (_, index) => new FlatTable(this.#view, this.#follow(start + 4 * index), this.#budget),
    );
  }

  /** A vector of structs of two 64-bit integers, flat: `[a0, b0, a1, b1, …]`. */
  longPairs(field: number): Float64Array {
    const { start, length } = this.#vector(field, 16);
    const longs = new Float64Array(2 * length);
    for (let i = 0; i < longs.length; i++) longs[i] = Number(this.#view.getBigInt64(start + 8 * i, true));
    return longs;
  }

  #vector(field: number, bytesEach: number): { start: number; length: number } {
    const at = this.#place(field);
    if (at === 0) return { start: 0, length: 0 };
    const vector = this.#follow(at);
    const length = this.#view.getUint32(vector, true);
    this.#checkRange(vector + 4, length * bytesEach);
    return { start: vector + 4, length };
  }

  #checkRange(start: number, bytes: number): void {
    if (start + bytes > this.#view.byteLength) throw new RangeError('a text or a list exceeds the message');
  }

  /** Where a field is, or 0 if it is absent. */
  #place(field: number): number {
    const slot = 4 + 2 * field;
    if (slot >= this.#vtableBytes) return 0;
    const offset = this.#view.getUint16(this.#vtable + slot, true);
    return offset === 0 ? 0 : this.#start + offset;
  }

  #follow(at: number): number {
    return at + this.#view.getUint32(at, true);
  }
}

/** The size of a table's offset plus the one that leads to it. */
const LEAST_TABLE_BYTES = 8;
/** Writers may store a text once and refer to it often; tables are not shared. */
const MOST_SHARING = 8;

/** How much may still be read of a message. */
class Budget {
  #bytes: number;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  take(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#bytes < 0) throw new RangeError('its offsets repeat the same places too often');
  }
}
