/**
 * Reads FlatBuffers, the framing of Arrow's messages: tables of optional fields found through offsets. Only what those
 * messages use; bounds are checked by DataView, so a broken message throws a RangeError.
 *
 * @see https://flatbuffers.dev/internals/
 */
export class FlatTable {
  readonly #view: DataView;
  readonly #start: number;
  readonly #vtable: number;
  readonly #vtableBytes: number;

  constructor(view: DataView, start: number) {
    this.#view = view;
    this.#start = start;
    this.#vtable = start - view.getInt32(start, true);
    this.#vtableBytes = view.getUint16(this.#vtable, true);
  }

  /** The table that a buffer begins with. */
  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, view.getUint32(0, true));
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

  /** A 64-bit integer that fits a double: lengths and counts. */
  long(field: number): number {
    const at = this.#place(field);
    return at === 0 ? 0 : Number(this.#view.getBigInt64(at, true));
  }

  has(field: number): boolean {
    return this.#place(field) !== 0;
  }

  table(field: number): FlatTable | undefined {
    const at = this.#place(field);
    return at === 0 ? undefined : new FlatTable(this.#view, this.#follow(at));
  }

  text(field: number): string | undefined {
    const at = this.#place(field);
    if (at === 0) return undefined;
    const start = this.#follow(at);
    const length = this.#view.getUint32(start, true);
    return Buffer.from(this.#view.buffer, this.#view.byteOffset + start + 4, length).toString('utf8');
  }

  tables(field: number): FlatTable[] {
    const { start, length } = this.#vector(field);
    return Array.from({ length }, (_, index) => new FlatTable(this.#view, this.#follow(start + 4 * index)));
  }

  /** A vector of structs of two 64-bit integers, flat: `[a0, b0, a1, b1, …]`. */
  longPairs(field: number): Float64Array {
    const { start, length } = this.#vector(field);
    const longs = new Float64Array(2 * length);
    for (let i = 0; i < longs.length; i++) longs[i] = Number(this.#view.getBigInt64(start + 8 * i, true));
    return longs;
  }

  #vector(field: number): { start: number; length: number } {
    const at = this.#place(field);
    if (at === 0) return { start: 0, length: 0 };
    const vector = this.#follow(at);
    return { start: vector + 4, length: this.#view.getUint32(vector, true) };
  }

  /** Where a field lies, or 0 where it is left out. */
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
