/**
 * Turns a batch of columns into the bytes of JSON row objects. This is the hot path of an export, so it is built for speed in
 * plain TypeScript:
 *
 * - Everything that can be done once per column and batch is done before the loop. In the loop, a column is either ready text
 *   to copy, or doubles.
 * - Bytes are copied eight at a time, as doubles, beyond the end of a value; the next copy overwrites the excess. (As an
 *   integer, only four bytes fit without a bigint.) A double that is NaN might change its bits, but no eight bytes of valid
 *   UTF-8 form a NaN, and ready text is valid UTF-8.
 * - Doubles are written by our own routine, and never passed as arguments, which would allocate each of them.
 */
import type { ColumnBatch, ColumnVector, Validity } from '../../domain/column-batch.ts';
import type { Column } from '../../domain/column-type.ts';
import { ContrailError } from '../../domain/errors.ts';
import { jsonString } from './json-bytes.ts';
import { ReadyTextColumn, type ReadyText } from './ready-text.ts';
import { SHORTEST_REACH_BYTES, writeShortest, type Doubles } from './shortest-double.ts';
import { layoutMismatch, type ValueStyle } from './value-writer.ts';

/** The bytes of some rows, and counts. */
export interface EncodedRows {
  /** In memory that the encoder's next call overwrites. */
  readonly bytes: Uint8Array;
  readonly rows: number;
  /** NaN and infinities that became null, including nested ones. */
  readonly nonFinite: number;
}

/** How rows differ from those of statistics files; for configured queries. */
export interface RowStyle extends ValueStyle {
  /** What precedes each row; default: `comma`. */
  readonly before?: 'comma' | 'new line';
}

const COMMA = 0x2c;
const NEW_LINE = 0x0a;
const OPENING_BRACE = 0x7b;
const QUOTE = 0x22;
const CLOSING_BRACE = 0x7d;

/** `-1.2345678901234567e-308` and the like. */
const LONGEST_DOUBLE_BYTES = 25;

/**
 * Text and tokens are copied in at least two words. Most need one or two, and a loop that runs once or twice at random costs
 * more than the excess word, because the processor mispredicts its end.
 */
const LEAST_COPY_BYTES = 16;

/** Every write may exceed its end: a copy by its minimum, a double by what `writeShortest` touches. */
const SLACK_BYTES = LEAST_COPY_BYTES + SHORTEST_REACH_BYTES;

/** All set: the double is NaN or infinite. */
const EXPONENT_BITS = 0x7ff00000;

/** After this many changes in a batch, a column's values do not come in runs: keep comparing, stop remembering. */
const CHANGES_WORTH_REMEMBERING = 16;

/** Turns batches of one schema into JSON rows (spec: statistics, section 3). Batches may differ in size. */
export class RowEncoder {
  readonly #columns: readonly ColumnPlan[];
  readonly #before: number;
  #out = new DataView(new ArrayBuffer(0));

  constructor(columns: readonly Column[], style: RowStyle = {}) {
    this.#columns = columns.map((column) => planColumn(column, style));
    this.#before = style.before === 'new line' ? NEW_LINE : COMMA;
  }

  /**
   * The rows of a batch, each preceded by a comma or line break: `,{...},{...}`; rows i with `skip[i] !== 0` are left out. Throws
   * VALUE_INVALID for a value that the format cannot hold, such as a JSON column whose text is not JSON.
   */
  encode(batch: ColumnBatch, skip?: Uint8Array): EncodedRows {
    const columns = this.#columns.map((plan, index) => bindColumn(plan, batch, index, skip));
    const limit = columns.reduce((sum, column) => sum + column.limitBytes, SLACK_BYTES + 3 * batch.rowCount);
    // Not zeroed: everything that is returned will have been written.
    if (this.#out.byteLength < limit) this.#out = new DataView(Buffer.allocUnsafeSlow(limit).buffer);
    const out = this.#out;
    const { rows, end } = writeRows(columns, { before: this.#before, rowCount: batch.rowCount, skip }, out);
    const nonFinite = columns.reduce((sum, column) => sum + column.nonFinite, 0);
    return { bytes: new Uint8Array(out.buffer, 0, end), rows, nonFinite };
  }
}

/** Text of a fixed length in words of eight bytes, at least two, for copying; zeros after its end. */
interface Token {
  readonly words: Float64Array;
  length: number;
}

/** The constant parts of a column. */
interface ColumnPlan {
  readonly column: Column;
  /** The text before a value: `,"name":`, with the opening quote for strings. */
  readonly keyToken: Token;
  /** The text for NULL: `,"name":null`; empty if NULLs are left out. */
  readonly nullToken: Token;
  readonly omitsNulls: boolean;
  readonly readyText: ReadyTextColumn;
  /** Memory for the text of the last double. */
  readonly lastToken: Token;
}

/** A column with the buffers of a batch. One shape for all kinds keeps property reads in the loop fast. */
interface BoundColumn {
  readonly keyToken: Token;
  readonly nullToken: Token;
  readonly validity: Validity;
  readonly isDouble: boolean;
  readonly quoteLength: number;
  readonly doubles: Doubles;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly text: DataView;
  /** Values that end at or before this can be copied in words; two are read even for an empty value. */
  readonly wordsEnd: number;
  /** The last double, as words, and its text. */
  lastLow: number;
  lastHigh: number;
  readonly lastToken: Token;
  changes: number;
  nonFinite: number;
  /** Most bytes of the column in the output of the batch. */
  readonly limitBytes: number;
}

const NULL_TOKEN = tokenOf('null');
const ZERO_TOKEN = tokenOf('0');
const NO_DOUBLES: Doubles = { values: new Float64Array(0), words: new Int32Array(0) };
const NO_TEXT: ReadyText = {
  starts: new Int32Array(0),
  ends: new Int32Array(0),
  bytes: new Uint8Array(0),
  validEnd: 0,
  totalBytes: 0,
  nonFinite: 0,
};

function planColumn(column: Column, style: ValueStyle): ColumnPlan {
  const key = `,${jsonString(column.name)}:`;
  const omitsNulls = style.nulls === 'omit' && column.type.kind !== 'array';
  return {
    column,
    keyToken: tokenOf(column.type.kind === 'string' ? `${key}"` : key),
    nullToken: tokenOf(omitsNulls ? '' : key + (column.type.kind === 'array' ? '[]' : 'null')),
    omitsNulls,
    readyText: new ReadyTextColumn(column, style),
    lastToken: tokenOf('0', LONGEST_DOUBLE_BYTES),
  };
}

function bindColumn(plan: ColumnPlan, batch: ColumnBatch, index: number, skip: Uint8Array | undefined): BoundColumn {
  const { keyToken, nullToken, column } = plan;
  const vector = batch.columns[index];
  if (vector === undefined) throw new ContrailError('INTERNAL', `A batch lacks its column "${column.name}".`);
  const isDouble = column.type.kind === 'float64';
  const isEmpty = isDouble || batch.rowCount === 0;
  const text = isEmpty ? NO_TEXT : plan.readyText.read(vector, batch.rowCount, skip);
  const longestRow = Math.max(keyToken.length + (isDouble ? LONGEST_DOUBLE_BYTES : 1), nullToken.length);
  // A number that JSON has no text for is written as null, and null is left out.
  const finite = isDouble && plan.omitsNulls ? finiteOf(doublesOf(column, vector), vector, skip) : undefined;
  return {
    keyToken,
    nullToken,
    validity: finite?.validity ?? vector.validity,
    isDouble,
    quoteLength: column.type.kind === 'string' ? 1 : 0,
    doubles: isDouble ? doublesOf(column, vector) : NO_DOUBLES,
    starts: text.starts,
    ends: text.ends,
    text: new DataView(text.bytes.buffer, text.bytes.byteOffset, text.bytes.byteLength),
    wordsEnd: text.validEnd - LEAST_COPY_BYTES,
    lastLow: 0,
    lastHigh: 0,
    lastToken: zeroIn(plan.lastToken),
    changes: 0,
    nonFinite: text.nonFinite + (finite?.nonFinite ?? 0),
    limitBytes: batch.rowCount * longestRow + text.totalBytes,
  };
}

function doublesOf(column: Column, vector: ColumnVector): Doubles {
  if (vector.layout !== 'double') throw layoutMismatch(column.type, vector);
  const { values } = vector;
  return { values, words: new Int32Array(values.buffer, values.byteOffset, 2 * values.length) };
}

/** The validity of a column with the non-finite numbers marked as NULL; undefined if there are none. */
function finiteOf(
  { values }: Doubles,
  { validity }: ColumnVector,
  skip: Uint8Array | undefined,
): { readonly validity: Uint8Array; readonly nonFinite: number } | undefined {
  let marked: Uint8Array | undefined;
  let nonFinite = 0;
  for (let row = 0; row < values.length; row++) {
    if (Number.isFinite(values[row]) || isNull(validity, row)) continue;
    marked ??= validity?.slice() ?? new Uint8Array(Math.ceil(values.length / 8)).fill(0xff);
    marked[row >> 3]! &= ~(1 << (row & 7));
    if (!skip?.[row]) nonFinite++;
  }
  return marked === undefined ? undefined : { validity: marked, nonFinite };
}

function tokenOf(text: string, leastBytes = LEAST_COPY_BYTES): Token {
  const encoded = Buffer.from(text);
  const words = new Float64Array(Math.ceil(Math.max(encoded.length, leastBytes) / 8));
  new Uint8Array(words.buffer).set(encoded);
  return { words, length: encoded.length };
}

/** The token at the start of a batch: the text of the double whose words are 0. */
function zeroIn(token: Token): Token {
  token.words.set(ZERO_TOKEN.words);
  token.length = ZERO_TOKEN.length;
  return token;
}

interface RowsToWrite {
  readonly before: number;
  readonly rowCount: number;
  readonly skip: Uint8Array | undefined;
}

/** The hot loop. */
function writeRows(
  columns: readonly BoundColumn[],
  { before, rowCount, skip }: RowsToWrite,
  out: DataView,
): { rows: number; end: number } {
  let at = 0;
  let rows = 0;
  for (let row = 0; row < rowCount; row++) {
    if (skip?.[row]) continue;
    rows++;
    out.setUint8(at++, before);
    const start = at;
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index]!;
      if (isNull(column.validity, row)) at = copyToken(column.nullToken, out, at);
      else if (column.isDouble) at = writeDouble(column, row, out, copyToken(column.keyToken, out, at));
      else at = copyText(column, row, out, copyToken(column.keyToken, out, at));
    }
    // In place of the first column's comma.
    out.setUint8(start, OPENING_BRACE);
    if (at === start) at++;
    out.setUint8(at++, CLOSING_BRACE);
  }
  return { rows, end: at };
}

/** Private copy of the domain's `isValid`, so V8 keeps it monomorphic. */
function isNull(validity: Validity, row: number): boolean {
  return validity !== undefined && (validity[row >> 3]! & (1 << (row & 7))) === 0;
}

function copyToken(token: Token, out: DataView, at: number): number {
  const { words, length } = token;
  out.setFloat64(at, words[0]!, true);
  out.setFloat64(at + 8, words[1]!, true);
  for (let done = LEAST_COPY_BYTES; done < length; done += 8) out.setFloat64(at + done, words[done >> 3]!, true);
  return at + length;
}

function copyText(column: BoundColumn, row: number, out: DataView, at: number): number {
  const { text } = column;
  const from = column.starts[row]!;
  const length = column.ends[row]! - from;
  if (from + length <= column.wordsEnd) {
    out.setFloat64(at, text.getFloat64(from, true), true);
    out.setFloat64(at + 8, text.getFloat64(from + 8, true), true);
    for (let done = LEAST_COPY_BYTES; done < length; done += 8) {
      out.setFloat64(at + done, text.getFloat64(from + done, true), true);
    }
  } else {
    for (let done = 0; done < length; done++) out.setUint8(at + done, text.getUint8(from + done));
  }
  out.setUint8(at + length, QUOTE);
  return at + length + column.quoteLength;
}

function writeDouble(column: BoundColumn, row: number, out: DataView, at: number): number {
  const { doubles } = column;
  const low = doubles.words[2 * row]!;
  const high = doubles.words[2 * row + 1]!;
  if (low === column.lastLow && high === column.lastHigh) return copyToken(column.lastToken, out, at);
  if ((high & EXPONENT_BITS) === EXPONENT_BITS) {
    column.nonFinite++;
    return copyToken(NULL_TOKEN, out, at);
  }
  let end = writeShortest(doubles, row, out, at);
  if (end < 0) end = writeAnyDouble(doubles, row, out, at);
  if (column.changes < CHANGES_WORTH_REMEMBERING) {
    column.changes++;
    column.lastLow = low;
    column.lastHigh = high;
    readToken(column.lastToken, out, at, end);
  }
  return end;
}

/** The digits of `JSON.stringify`: slower, but for every number; 0 for -0. */
function writeAnyDouble(doubles: Doubles, row: number, out: DataView, at: number): number {
  const text = String(doubles.values[row]!);
  for (let index = 0; index < text.length; index++) out.setUint8(at + index, text.charCodeAt(index));
  return at + text.length;
}

/** Makes `out[from, to)` the text of a token, which must have room for it. */
function readToken(token: Token, out: DataView, from: number, to: number): void {
  const bytes = new Uint8Array(token.words.buffer);
  token.length = to - from;
  // Byte by byte, because what follows `to` may be anything and must not be copied.
  for (let index = 0; index < token.length; index++) bytes[index] = out.getUint8(from + index);
  bytes.fill(0, token.length);
}
