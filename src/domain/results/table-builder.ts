/** Makes the columns of a statistics file from its bytes, as they arrive. */
import type { FileRow } from '../trace/statistics-row.ts';
import { FileRows } from './file-rows.ts';
import { Dictionary, GrowingColumn } from './growing-column.ts';
import {
  DISTRIBUTION_COLUMNS,
  NUMBER_COLUMNS,
  type ResultsTable,
  TEXT_COLUMNS,
  type TextColumn,
} from './results-table.ts';
import { numbersOf, textsOf, windowOf } from './row-values.ts';

/** Takes pieces of any length. Throws MalformedArrayError if they are no list of rows, as soon as that shows. */
export class TableBuilder {
  readonly #rows = new FileRows((row) => this.#add(row));
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
    this.#rows.push(chunk);
  }

  /** Ends the file. */
  finish(): ResultsTable {
    this.#rows.end();
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

  #addDistribution(texts: Readonly<Record<TextColumn, string | null>>, window: number): void {
    const codes = DISTRIBUTION_COLUMNS.map((name) => this.#dictionaries[name].codeOf(texts[name]));
    const id = `${codes.join()},${window}`;
    if (this.#distributions.has(id)) return;
    this.#distributions.add(id);
    for (const [index, name] of DISTRIBUTION_COLUMNS.entries()) this.#distributionCodes[name].push(codes[index] ?? 0);
    this.#distributionWindows.push(window);
  }
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
