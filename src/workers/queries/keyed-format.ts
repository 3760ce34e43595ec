/** One JSON object with the rows, or one value, of each key. Keys arrive in order, so nothing but the last one is kept. */
import type { ColumnVector } from '../../domain/column-batch.ts';
import type { Column } from '../../domain/column-type.ts';
import { ContrailError } from '../../domain/errors.ts';
import { quote } from '../../domain/slug.ts';
import { JsonBytes, jsonString } from '../statistics/json-bytes.ts';
import { RowEncoder, type RowStyle } from '../statistics/row-encoder.ts';
import { unwritable, UnwritableValue, ValueWriter } from '../statistics/value-writer.ts';
import { type DividingColumn, dividingColumn, indexOfColumn, type Run, runsOf } from './column-text.ts';
import type { FileFormat } from './format.ts';
import { cutOut, type RowRange, withColumns } from './row-range.ts';

interface KeyedOptions {
  readonly key: string;
  readonly wrap?: string;
  readonly style: RowStyle;
}

/** The outer object, and the order of its keys. */
class Keys {
  readonly #column: DividingColumn;
  readonly #opening: string;
  readonly #closing: string;
  #last: string | undefined;
  #isEmpty = true;

  constructor(columns: readonly Column[], { key, wrap }: KeyedOptions) {
    this.#column = dividingColumn(columns, key, 'key');
    this.#opening = wrap === undefined ? '{' : `{${jsonString(wrap)}:{`;
    this.#closing = wrap === undefined ? '}' : '}}';
  }

  get index(): number {
    return this.#column.index;
  }

  /** Whether no key was opened yet. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** The rows by key. `isNew`: the first rows of their key. */
  *runsOf(range: RowRange): Generator<Run & { readonly isNew: boolean; readonly text: string }> {
    for (const run of runsOf(range, this.#column)) {
      const { text } = run;
      if (text === null) throw this.#refused('is NULL in a row, and NULL cannot be a key');
      const isNew = text !== this.#last;
      if (isNew && this.#last !== undefined && text < this.#last) {
        throw new ContrailError(
          'QUERY_UNORDERED',
          `Column ${quote(this.#column.column.name)} (\`key\`) is not in ascending order: ${quote(text)} follows ${quote(this.#last)}.`,
        );
      }
      yield { ...run, text, isNew };
      this.#last = text;
    }
  }

  repeated(text: string): ContrailError {
    return this.#refused(`has ${quote(text)} in two rows; with \`value\`, each key may have one row`);
  }

  open(text: string): string {
    const before = this.#isEmpty ? this.#opening : ',';
    this.#isEmpty = false;
    return `${before}${jsonString(text)}:`;
  }

  close(): string {
    return (this.#isEmpty ? this.#opening : '') + this.#closing;
  }

  #refused(problem: string): ContrailError {
    return new ContrailError('QUERY_FAILED', `Column ${quote(this.#column.column.name)} (\`key\`) ${problem}.`);
  }
}

/** `{"key":[row,row],…}`; rows without their key. */
export class KeyedRows implements FileFormat {
  readonly #keys: Keys;
  readonly #kept: readonly number[];
  readonly #encoder: RowEncoder;
  nonFinite = 0;

  constructor(columns: readonly Column[], options: KeyedOptions & { readonly without: readonly number[] }) {
    this.#keys = new Keys(columns, options);
    const without = [this.#keys.index, ...options.without];
    this.#kept = columns.map((_, index) => index).filter((index) => !without.includes(index));
    this.#encoder = new RowEncoder(
      this.#kept.map((index) => columns[index]!),
      options.style,
    );
  }

  *rows(range: RowRange): Generator<Uint8Array> {
    for (const { batch, from, to, text, isNew } of this.#keys.runsOf(range)) {
      if (isNew) yield Buffer.from(`${this.#keys.isEmpty ? '' : ']'}${this.#keys.open(text)}[`);
      const cut = cutOut(withColumns({ batch, from, to }, this.#kept));
      const encoded = this.#encoder.encode(cut.batch, cut.skip);
      this.nonFinite += encoded.nonFinite;
      yield isNew ? encoded.bytes.subarray(1) : encoded.bytes;
    }
  }

  *end(): Generator<Uint8Array> {
    yield Buffer.from(`${this.#keys.isEmpty ? '' : ']'}${this.#keys.close()}`);
  }
}

/** `{"key":value,…}` */
export class KeyedValues implements FileFormat {
  readonly #keys: Keys;
  readonly #value: { readonly column: Column; readonly index: number };
  readonly #out = new JsonBytes();
  readonly #writer: ValueWriter;

  constructor(columns: readonly Column[], options: KeyedOptions & { readonly value: string }) {
    this.#keys = new Keys(columns, options);
    const index = indexOfColumn(columns, options.value, 'value');
    this.#value = { index, column: columns[index]! };
    this.#writer = new ValueWriter(this.#out, options.style);
  }

  get nonFinite(): number {
    return this.#writer.nonFinite;
  }

  *rows(range: RowRange): Generator<Uint8Array> {
    this.#out.clear();
    for (const { batch, from, to, text, isNew } of this.#keys.runsOf(range)) {
      if (!isNew || to - from > 1) throw this.#keys.repeated(text);
      const vector = batch.columns[this.#value.index]!;
      if (this.#writer.leavesOut(this.#value.column.type, vector, from)) continue;
      this.#out.utf8(this.#keys.open(text));
      this.#write(vector, from);
    }
    yield this.#out.bytes.subarray(0, this.#out.length);
  }

  *end(): Generator<Uint8Array> {
    yield Buffer.from(this.#keys.close());
  }

  #write(vector: ColumnVector, row: number): void {
    const { column } = this.#value;
    try {
      this.#writer.write(column.type, vector, row);
    } catch (error) {
      if (!(error instanceof UnwritableValue)) throw error;
      throw unwritable(column, row, error);
    }
  }
}
