/** Makes the columns of a statistics file from its bytes, as they arrive. */
import { JsonArrayElements, MalformedArrayError } from '../json-array-elements.ts';
import type { JsonValue } from '../json-value.ts';
import { ANALYSIS_BASES, type AnalysisBasis } from '../trace/inputs.ts';
import { type FileRow, fileRowOf, numberOf } from '../trace/statistics-row.ts';
import { Dictionary, GrowingColumn } from './growing-column.ts';
import { DISTRIBUTION_COLUMNS, NO_WINDOW, NUMBER_COLUMNS, type ResultsTable, TEXT_COLUMNS } from './results-table.ts';

/** Elements are parsed together once their texts have this length: fewer and larger calls are faster. */
const SLICE_CHARACTERS = 1 << 19;
const WINDOW = /^-?[0-9]{1,9}$/;

type Texts = Readonly<Record<(typeof TEXT_COLUMNS)[number], string | null>>;
type Numbers = Readonly<Record<(typeof NUMBER_COLUMNS)[number], number | null>>;

/** Takes pieces of any length. Throws MalformedArrayError if they are no list of rows, as soon as that shows. */
export class TableBuilder {
  readonly #elements = new JsonArrayElements();
  #pending: string[] = [];
  #characters = 0;
  #fileRows = 0;
  #unreadableRows = 0;
  #parameterRows = 0;
  #rowCount = 0;
  readonly #dictionaries = byName(TEXT_COLUMNS, () => new Dictionary());
  readonly #codes = byName(TEXT_COLUMNS, codeColumn);
  readonly #windows = windowColumn();
  readonly #numbers = byName(NUMBER_COLUMNS, () => new GrowingColumn((length) => new Float64Array(length)));
  readonly #distributions = new Set<string>();
  readonly #distributionCodes = byName(DISTRIBUTION_COLUMNS, codeColumn);
  readonly #distributionWindows = windowColumn();

  push(chunk: Uint8Array): void {
    for (const text of this.#elements.push(chunk)) {
      this.#pending.push(text);
      this.#characters += text.length;
      if (this.#characters >= SLICE_CHARACTERS) this.#addPending();
    }
  }

  /** Ends the file. */
  finish(): ResultsTable {
    this.#elements.end();
    this.#addPending();
    return {
      rowCount: this.#rowCount,
      fileRows: this.#fileRows,
      unreadableRows: this.#unreadableRows,
      parameterRows: this.#parameterRows,
      texts: byName(TEXT_COLUMNS, (name) => this.#dictionaries[name].texts),
      codes: byName(TEXT_COLUMNS, (name) => this.#codes[name].finish()),
      windows: this.#windows.finish(),
      numbers: byName(NUMBER_COLUMNS, (name) => this.#numbers[name].finish()),
      distributions: {
        codes: byName(DISTRIBUTION_COLUMNS, (name) => this.#distributionCodes[name].finish()),
        windows: this.#distributionWindows.finish(),
      },
    };
  }

  #addPending(): void {
    for (const row of parseRows(this.#pending)) this.#add(row);
    this.#pending = [];
    this.#characters = 0;
  }

  #add(row: FileRow): void {
    this.#fileRows += 1;
    const texts = textsOf(row);
    const numbers = numbersOf(row);
    if (texts === undefined || numbers === undefined) {
      this.#unreadableRows += 1;
    } else if (row.parameter === null) {
      this.#rowCount += 1;
      for (const name of TEXT_COLUMNS) this.#codes[name].push(this.#dictionaries[name].codeOf(texts[name]));
      for (const name of NUMBER_COLUMNS) this.#numbers[name].push(numbers[name] ?? Number.NaN);
      this.#windows.push(windowOf(row));
    } else {
      this.#parameterRows += 1;
      this.#addDistribution(texts, windowOf(row));
    }
  }

  #addDistribution(texts: Texts, window: number): void {
    const codes = DISTRIBUTION_COLUMNS.map((name) => this.#dictionaries[name].codeOf(texts[name]));
    const id = `${codes.join()},${window}`;
    if (this.#distributions.has(id)) return;
    this.#distributions.add(id);
    for (const [index, name] of DISTRIBUTION_COLUMNS.entries()) this.#distributionCodes[name].push(codes[index] ?? 0);
    this.#distributionWindows.push(window);
  }
}

/** The number of a row's window; NO_WINDOW for null and for what is no number of a window. */
export function windowOf({ window_index: index }: Pick<FileRow, 'window_index'>): number {
  const text = typeof index === 'number' ? String(index) : index;
  return typeof text === 'string' && WINDOW.test(text) ? Number(text) : NO_WINDOW;
}

/** Undefined for rows that the console ignores too: without a basis, or without one of the other names. */
export function textsOf(row: FileRow): Texts | undefined {
  const { metric, statistic, branch, segment, analysis_basis: basis, comparison, comparison_to_branch: against } = row;
  if (typeof metric !== 'string' || typeof statistic !== 'string' || typeof branch !== 'string') return undefined;
  if (typeof segment !== 'string' || !isBasis(basis)) return undefined;
  if (!isTextOrNull(comparison) || !isTextOrNull(against)) return undefined;
  const isAbsolute = comparison === null || comparison === 'absolute';
  return {
    metric,
    statistic,
    branch,
    segment,
    basis,
    comparison: isAbsolute ? null : comparison,
    against,
  };
}

function numbersOf(row: FileRow): Numbers | undefined {
  const numbers = {
    ciWidth: numberOf(row.ci_width),
    point: numberOf(row.point),
    lower: numberOf(row.lower),
    upper: numberOf(row.upper),
  };
  const { ciWidth, point, lower, upper } = numbers;
  if (ciWidth === undefined || point === undefined || lower === undefined || upper === undefined) return undefined;
  return { ciWidth, point, lower, upper };
}

/** Throws MalformedArrayError for elements that are no JSON. */
export function parseRows(texts: readonly string[]): FileRow[] {
  try {
    const values = JSON.parse(`[${texts.join(',')}]`) as JsonValue[];
    if (values.length === texts.length) return values.map(fileRowOf);
  } catch (error) {
    throw new MalformedArrayError('one of its rows is not valid JSON', { cause: error });
  }
  throw new MalformedArrayError('one of its rows is not valid JSON');
}

function isBasis(value: JsonValue): value is AnalysisBasis {
  return ANALYSIS_BASES.some((known) => known === value);
}

function isTextOrNull(value: JsonValue): value is string | null {
  return value === null || typeof value === 'string';
}

function codeColumn(): GrowingColumn<Uint32Array<ArrayBuffer>> {
  return new GrowingColumn((length) => new Uint32Array(length));
}

function windowColumn(): GrowingColumn<Int32Array<ArrayBuffer>> {
  return new GrowingColumn((length) => new Int32Array(length));
}

function byName<Name extends string, Value>(
  names: readonly Name[],
  make: (name: Name) => Value,
): Readonly<Record<Name, Value>> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Value>;
}
