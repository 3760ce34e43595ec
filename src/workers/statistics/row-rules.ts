/**
 * What the console refuses in a single row (spec: statistics, section 4). A rule looks at one batch, column by column,
 * and marks the rows that break it; it judges values as the file will show them.
 */
import type { BinaryVector, ColumnBatch, ColumnVector, IntegerVector } from '../../domain/column-batch.ts';
import { isValid } from '../../domain/column-batch.ts';
import type { Column, ColumnType } from '../../domain/column-type.ts';
import { isConstant, isText, isWritten, textAt } from './written-value.ts';

/** Says of the rows of a batch which break the rule. */
export type BrokenRows = (batch: ColumnBatch, mark: (row: number) => void) => void;

export interface RowRule {
  /** As a predicate of the row: `metric is null`. */
  readonly reason: string;
  readonly broken: BrokenRows;
}

const RESERVED_NAMES = ['model_config', 'model_fields'].map((name) => Buffer.from(name));
const COMPARISONS = ['difference', 'relative_uplift'].map((name) => Buffer.from(name));
const BASES = ['enrollments', 'exposures'].map((name) => Buffer.from(name));
const IDENTITY = Buffer.from('identity');
const UNDERSCORE = 0x5f;
/** Behind an even number of backslashes: they escape each other, and the last one escapes the letter. */
const NUL_IN_JSON = /(?<!\\)(?:\\\\)*\\u0000/;
const NUMBER_TEXT = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/** The rules that rows of a table with these columns must keep. */
export function rowRules(columns: readonly Column[]): RowRule[] {
  const table = new Table(columns);
  return [
    ...['metric', 'statistic', 'branch', 'segment'].flatMap((name) => requiredText(table, name)),
    ...['metric', 'branch'].flatMap((name) => usableName(table, name)),
    ...['parameter', 'point', 'lower', 'upper'].flatMap((name) => numberOrNull(table, name)),
    ...identityPoint(table),
    ...shareOrNull(table, 'ci_width'),
    ...comparison(table),
    ...positiveWindow(table),
    ...knownBasis(table),
    ...columns.flatMap((column, index) => withoutNul(column, index)),
  ];
}

/** A column of the table by name, with its place in a batch. */
interface Place {
  readonly name: string;
  readonly type: ColumnType;
  readonly in: (batch: ColumnBatch) => ColumnVector;
}

class Table {
  readonly #columns: readonly Column[];

  constructor(columns: readonly Column[]) {
    this.#columns = columns;
  }

  find(name: string): Place | undefined {
    const index = this.#columns.findIndex((column) => column.name === name);
    const column = this.#columns[index];
    return column === undefined ? undefined : { name, type: column.type, in: (batch) => batch.columns[index]! };
  }
}

const everyRow: BrokenRows = (batch, mark) => {
  for (let row = 0; row < batch.rowCount; row++) mark(row);
};

/** Rows whose value, where there is one, does not pass. */
function where(place: Place, isBroken: (vector: ColumnVector, row: number) => boolean): BrokenRows {
  return (batch, mark) => {
    const vector = place.in(batch);
    for (let row = 0; row < batch.rowCount; row++) if (isWritten(vector, row) && isBroken(vector, row)) mark(row);
  };
}

/** Rows whose text, where there is one, is broken. A text that all rows have is looked at once. */
function whereText(place: Place, isBroken: (vector: BinaryVector, row: number) => boolean): BrokenRows {
  return (batch, mark) => {
    const vector = place.in(batch);
    if (vector.layout !== 'binary') return;
    if (isConstant(vector, batch.rowCount) && (batch.rowCount === 0 || !isBroken(vector, 0))) return;
    for (let row = 0; row < batch.rowCount; row++) {
      if (isValid(vector.validity, row) && isBroken(vector, row)) mark(row);
    }
  };
}

const WRITTEN_AS_STRING = new Set(['string', 'int64', 'numeric', 'timestamp', 'datetime', 'date', 'time', 'bytes']);

function requiredText(table: Table, name: string): RowRule[] {
  const place = table.find(name);
  if (place === undefined) return [{ reason: `column ${name} is missing`, broken: everyRow }];
  const isNull: RowRule = {
    reason: `${name} is null`,
    broken: (batch, mark) => {
      const vector = place.in(batch);
      if (vector.layout !== 'double' && vector.validity === undefined) return;
      for (let row = 0; row < batch.rowCount; row++) if (!isWritten(vector, row)) mark(row);
    },
  };
  if (WRITTEN_AS_STRING.has(place.type.kind)) return [isNull];
  return [isNull, { reason: `${name} is not a text`, broken: where(place, () => true) }];
}

function usableName(table: Table, name: string): RowRule[] {
  const place = table.find(name);
  if (place?.type.kind !== 'string') return [];
  const beginsWithUnderscore = ({ bytes, offsets }: BinaryVector, row: number): boolean =>
    bytes[offsets[row]!] === UNDERSCORE && offsets[row + 1]! > offsets[row]!;
  return [
    { reason: `${name} begins with _`, broken: whereText(place, beginsWithUnderscore) },
    { reason: `${name} is a reserved name`, broken: whereText(place, isOneOf(RESERVED_NAMES)) },
  ];
}

function isOneOf(values: readonly Uint8Array[]): (vector: BinaryVector, row: number) => boolean {
  return (vector, row) => {
    // A loop, because `some` would make a function for every row.
    for (let index = 0; index < values.length; index++) if (isText(vector, row, values[index]!)) return true;
    return false;
  };
}

/** Rows with a value that is none of these texts, or no text at all. */
function whereNoneOf(place: Place, values: readonly Uint8Array[]): BrokenRows {
  if (place.type.kind !== 'string') return where(place, () => true);
  const isOne = isOneOf(values);
  return whereText(place, (vector, row) => !isOne(vector, row));
}

function numberOrNull(table: Table, name: string): RowRule[] {
  const place = table.find(name);
  if (place === undefined || isNumeric(place.type)) return [];
  const isNumber = (vector: ColumnVector, row: number): boolean =>
    place.type.kind === 'string' && vector.layout === 'binary' && NUMBER_TEXT.test(textAt(vector, row));
  return [{ reason: `${name} is not a number`, broken: where(place, (vector, row) => !isNumber(vector, row)) }];
}

function isNumeric(type: ColumnType): boolean {
  return type.kind === 'float64' || type.kind === 'int64' || type.kind === 'numeric';
}

function identityPoint(table: Table): RowRule[] {
  const metric = table.find('metric');
  const point = table.find('point');
  if (metric?.type.kind !== 'string') return [];
  const broken: BrokenRows = (batch, mark) => {
    const names = metric.in(batch);
    const points = point?.in(batch);
    if (names.layout !== 'binary') return;
    for (let row = 0; row < batch.rowCount; row++) {
      if (points !== undefined && isWritten(points, row)) continue;
      if (isValid(names.validity, row) && isText(names, row, IDENTITY)) mark(row);
    }
  };
  return [{ reason: 'point of metric identity is null', broken }];
}

function shareOrNull(table: Table, name: string): RowRule[] {
  const place = table.find(name);
  if (place === undefined) return [];
  const broken: BrokenRows = (batch, mark) => {
    const vector = place.in(batch);
    for (let row = 0; row < batch.rowCount; row++) {
      const value = vector.layout === 'double' ? vector.values[row]! : numberAt(place.type, vector, row);
      if (!(value >= 0 && value <= 1) && isWritten(vector, row)) mark(row);
    }
  };
  return [{ reason: `${name} is not within 0 to 1`, broken }];
}

/** A value of an integer or text column as a double, NaN where it is no number. */
function numberAt(type: ColumnType, vector: ColumnVector, row: number): number {
  if (vector.layout === 'integer' && isNumeric(type)) {
    return Number(bigIntAt(vector, row)) / 10 ** (type.kind === 'numeric' ? type.scale : 0);
  }
  if (vector.layout === 'binary' && type.kind === 'string') {
    const text = textAt(vector, row);
    return NUMBER_TEXT.test(text) ? Number(text) : Number.NaN;
  }
  return Number.NaN;
}

function bigIntAt(vector: IntegerVector, row: number): bigint {
  const width = vector.wordsPerValue;
  let value = 0n;
  for (let i = width - 1; i >= 0; i--) value = (value << 32n) | BigInt(vector.words[row * width + i]! >>> 0);
  return BigInt.asIntN(width * 32, value);
}

function comparison(table: Table): RowRule[] {
  const kind = table.find('comparison');
  const target = table.find('comparison_to_branch');
  const halfNamed: BrokenRows = (batch, mark) => {
    const kinds = kind?.in(batch);
    const targets = target?.in(batch);
    for (let row = 0; row < batch.rowCount; row++) {
      const hasKind = kinds !== undefined && isWritten(kinds, row);
      const hasTarget = targets !== undefined && isWritten(targets, row);
      if (hasKind !== hasTarget) mark(row);
    }
  };
  const rules: RowRule[] = [{ reason: 'comparison and comparison_to_branch are not both set', broken: halfNamed }];
  if (kind !== undefined) {
    const broken = whereNoneOf(kind, COMPARISONS);
    rules.push({ reason: 'comparison is not difference or relative_uplift', broken });
  }
  if (target !== undefined && !WRITTEN_AS_STRING.has(target.type.kind)) {
    rules.push({ reason: 'comparison_to_branch is not a text', broken: where(target, () => true) });
  }
  return rules;
}

function positiveWindow(table: Table): RowRule[] {
  const place = table.find('window_index');
  if (place === undefined) return [];
  const isPositive = (vector: ColumnVector, row: number): boolean => {
    if (!isWritten(vector, row)) return false;
    if (vector.layout === 'integer' && place.type.kind === 'int64') return bigIntIsPositive(vector, row);
    if (vector.layout !== 'binary' || place.type.kind !== 'string') return false;
    return /^0*[1-9][0-9]*$/.test(textAt(vector, row));
  };
  const broken: BrokenRows = (batch, mark) => {
    const vector = place.in(batch);
    for (let row = 0; row < batch.rowCount; row++) if (!isPositive(vector, row)) mark(row);
  };
  return [{ reason: 'window_index is not a positive number', broken }];
}

function bigIntIsPositive(vector: IntegerVector, row: number): boolean {
  const high = vector.words[2 * row + 1]!;
  return high > 0 || (high === 0 && vector.words[2 * row] !== 0);
}

function knownBasis(table: Table): RowRule[] {
  const place = table.find('analysis_basis');
  if (place === undefined) return [{ reason: 'column analysis_basis is missing', broken: everyRow }];
  return [{ reason: 'analysis_basis is not enrollments or exposures', broken: whereNoneOf(place, BASES) }];
}

/** No text of a row may hold U+0000, at whatever depth; JSON may hold it only as an escape. */
function withoutNul(column: Column, index: number): RowRule[] {
  if (!holdsText(column.type)) return [];
  const broken: BrokenRows = (batch, mark) => {
    const vector = batch.columns[index]!;
    const isMarked = nulFinder(column.type, vector, batch.rowCount);
    if (isMarked === undefined) return;
    for (let row = 0; row < batch.rowCount; row++) if (isMarked(row)) mark(row);
  };
  return [{ reason: `${column.name} holds U+0000`, broken }];
}

function holdsText(type: ColumnType): boolean {
  if (type.kind === 'array') return holdsText(type.element);
  if (type.kind === 'struct') return type.fields.some((field) => holdsText(field.type));
  return type.kind === 'string' || type.kind === 'json';
}

/** Tells of a row whether a text in it holds U+0000; undefined when no row's does, which one search over the bytes shows. */
function nulFinder(type: ColumnType, vector: ColumnVector, rows: number): ((row: number) => boolean) | undefined {
  if (vector.layout === 'binary' && (type.kind === 'string' || type.kind === 'json')) {
    const needle = type.kind === 'json' ? NUL_IN_JSON : /\0/;
    // Behind the last text there may be padding, which is made of what is looked for.
    const used = vector.bytes.subarray(vector.offsets[0], vector.offsets[rows]);
    const bytes = Buffer.from(used.buffer, used.byteOffset, used.byteLength);
    if (!bytes.includes(type.kind === 'json' ? 'u0000' : '\0')) return undefined;
    return (row) => isValid(vector.validity, row) && needle.test(textAt(vector, row));
  }
  if (vector.layout === 'list' && type.kind === 'array') {
    const inElement = nulFinder(type.element, vector.elements, vector.offsets[rows] ?? 0);
    if (inElement === undefined) return undefined;
    return (row) => {
      if (!isValid(vector.validity, row)) return false;
      for (let i = vector.offsets[row]!; i < vector.offsets[row + 1]!; i++) if (inElement(i)) return true;
      return false;
    };
  }
  if (vector.layout === 'struct' && type.kind === 'struct') {
    const finders = type.fields.flatMap((field, index) => nulFinder(field.type, vector.fields[index]!, rows) ?? []);
    if (finders.length === 0) return undefined;
    return (row) => isValid(vector.validity, row) && finders.some((isMarked) => isMarked(row));
  }
  return undefined;
}
