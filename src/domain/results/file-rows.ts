/** Parses the rows of a statistics file as its bytes arrive. */
import { JsonArrayElements, MalformedArrayError } from '../json-array-elements.ts';
import type { JsonValue } from '../json-value.ts';
import { type FileRow, fileRowOf } from '../trace/statistics-row.ts';

/** Elements are parsed together once their texts have this length: fewer and larger calls are faster. */
const SLICE_CHARACTERS = 1 << 19;

/** Hands each row to `take`. Throws MalformedArrayError if the bytes are no list of rows, as soon as that shows. */
export class FileRows {
  readonly #take: (row: FileRow) => void;
  readonly #elements = new JsonArrayElements();
  #pending: string[] = [];
  #characters = 0;

  constructor(take: (row: FileRow) => void) {
    this.#take = take;
  }

  /** Takes a piece of any length. */
  push(chunk: Uint8Array): void {
    for (const text of this.#elements.push(chunk)) {
      this.#pending.push(text);
      this.#characters += text.length;
      if (this.#characters >= SLICE_CHARACTERS) this.#parse();
    }
  }

  end(): void {
    this.#elements.end();
    this.#parse();
  }

  #parse(): void {
    for (const value of parseElements(this.#pending)) this.#take(fileRowOf(value));
    this.#pending = [];
    this.#characters = 0;
  }
}

function parseElements(texts: readonly string[]): readonly JsonValue[] {
  try {
    const values = JSON.parse(`[${texts.join(',')}]`) as readonly JsonValue[];
    if (values.length === texts.length) return values;
  } catch (error) {
    throw new MalformedArrayError('one of its rows is not valid JSON', { cause: error });
  }
  throw new MalformedArrayError('one of its rows is not valid JSON');
}
