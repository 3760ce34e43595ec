/** Reads the keys of a TOML table; errors name the exact place. */
import type { ContrailError } from '../domain/errors.ts';
import type { Sourced } from './sourced.ts';
import { configurationError } from './configuration-error.ts';
import { isArray, isTable, type TomlTable, type TomlValue, textOf } from './toml.ts';

/** A table with its name and file. */
export class TableReader {
  readonly file: string;
  /** As in the file, with brackets: `[metrics.my_metric]`; undefined at the root. */
  readonly title: string | undefined;
  readonly #path: string;
  readonly #table: TomlTable;

  constructor(table: TomlTable, file: string, path = '') {
    this.file = file;
    this.#path = path;
    this.title = path === '' ? undefined : `[${path}]`;
    this.#table = table;
  }

  /** With all keys in lower case; of equal keys the last one wins. */
  ignoringCase(): TableReader {
    const lower = new Map([...this.#table].map(([key, value]) => [key.toLowerCase(), value]));
    return new TableReader(lower, this.file, this.#path);
  }

  keys(): string[] {
    return [...this.#table.keys()];
  }

  has(key: string): boolean {
    return this.#table.has(key);
  }

  raw(key: string): TomlValue | undefined {
    return this.#table.get(key);
  }

  /** A scalar as text. */
  text(key: string): Sourced<string> | undefined {
    const value = this.#table.get(key);
    if (value === undefined) return undefined;
    const text = textOf(value);
    if (text === undefined) throw this.error(key, 'it must be a text');
    return { value: text, file: this.file };
  }

  requiredText(key: string): Sourced<string> {
    const text = this.text(key);
    if (text === undefined) throw this.error(key, 'it is missing');
    return text;
  }

  /** Truthiness as in Python: zero and empty values are false. */
  flag(key: string): Sourced<boolean> | undefined {
    const value = this.#table.get(key);
    if (value === undefined) return undefined;
    const isEmpty = (isArray(value) && value.length === 0) || (isTable(value) && value.size === 0);
    return { value: Boolean(value) && !isEmpty, file: this.file };
  }

  /** A whole number, or digits as text. */
  integer(key: string): Sourced<number> | undefined {
    const value = this.#table.get(key);
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' && typeof number !== 'boolean') throw this.error(key, 'it must be a whole number');
    if (!Number.isFinite(Number(number))) throw this.error(key, 'it must be a whole number');
    return { value: Math.trunc(Number(number)), file: this.file };
  }

  list(key: string): Sourced<readonly TomlValue[]> | undefined {
    const value = this.#table.get(key);
    if (value === undefined) return undefined;
    if (!isArray(value)) throw this.error(key, 'it must be a list');
    return { value, file: this.file };
  }

  /** A list of texts; optionally only allowed ones. */
  texts(key: string, allowed?: readonly string[]): Sourced<readonly string[]> | undefined {
    const list = this.list(key);
    if (list === undefined) return undefined;
    const texts = list.value.map((value) => {
      const text = textOf(value);
      if (text === undefined) throw this.error(key, 'it must be a list of texts');
      if (allowed !== undefined) this.checkAllowed(key, text, allowed);
      return text;
    });
    return { value: texts, file: this.file };
  }

  checkAllowed(key: string, text: string, allowed: readonly string[]): void {
    if (allowed.includes(text)) return;
    throw configurationError({
      file: this.file,
      ...(this.title === undefined ? {} : { table: this.title }),
      key,
      problem: `${JSON.stringify(text)} is not one of ${allowed.join(', ')}`,
      unknown: { name: text, known: allowed },
    });
  }

  /** A table under this one; empty if it is missing. */
  table(key: string): TableReader {
    const value = this.#table.get(key) ?? new Map<string, TomlValue>();
    if (!isTable(value)) throw this.error(key, 'it must be a table');
    return new TableReader(value, this.file, this.#path === '' ? key : `${this.#path}.${key}`);
  }

  error(key: string | undefined, problem: string): ContrailError {
    return configurationError({
      file: this.file,
      ...(this.title === undefined ? {} : { table: this.title }),
      ...(key === undefined ? {} : { key }),
      problem,
    });
  }
}
