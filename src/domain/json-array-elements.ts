/** Splits the bytes of a JSON array into its elements as they arrive, so that a file of any size takes bounded memory. */

/** The bytes are not a JSON array, end too early, or hold an element that is too long. */
export class MalformedArrayError extends Error {
  override readonly name = 'MalformedArrayError';
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** Rows have some hundred bytes. */
const LONGEST_ELEMENT_BYTES = 1_000_000;

/** Where the next byte is; `next`: after a comma. */
type Place = 'before' | 'first' | 'element' | 'next' | 'done';

/** Elements come as text; whether each is valid JSON shows when it is parsed. */
export class JsonArrayElements {
  readonly #longestBytes: number;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #place: Place = 'before';
  #pieces: Uint8Array[] = [];
  #pieceBytes = 0;
  #depth = 0;
  #isInText = false;
  #isEscaped = false;

  constructor({ longestBytes = LONGEST_ELEMENT_BYTES }: { readonly longestBytes?: number } = {}) {
    this.#longestBytes = longestBytes;
  }

  /** Takes the next bytes and returns the elements that end in them. */
  push(chunk: Uint8Array): string[] {
    const elements: string[] = [];
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (this.#place === 'element') {
        if (!this.#endsElement(byte)) continue;
        elements.push(this.#takeElement(chunk.subarray(from, at)));
        this.#place = byte === COMMA ? 'next' : 'done';
      } else if (!isBlank(byte) && this.#begins(byte)) {
        from = at;
        this.#endsElement(byte);
      }
    }
    if (this.#place === 'element') this.#keep(new Uint8Array(chunk.subarray(from)));
    return elements;
  }

  /** Throws if the array has not ended. */
  end(): void {
    if (this.#place !== 'done') throw new MalformedArrayError('it ends in the middle');
  }

  /** Takes a byte between elements; returns whether an element begins with it. */
  #begins(byte: number): boolean {
    const isEnd = byte === CLOSING_BRACKET;
    if (this.#place === 'before' && byte === OPENING_BRACKET) this.#place = 'first';
    else if (this.#place === 'first' && isEnd) this.#place = 'done';
    else if (this.#place === 'before') throw new MalformedArrayError('it is not a list');
    else if (this.#place === 'done') throw new MalformedArrayError('something follows the list');
    else if (byte === COMMA || isEnd) throw new MalformedArrayError('a value is missing between commas');
    else this.#place = 'element';
    return this.#place === 'element';
  }

  /** Takes a byte of an element; returns whether it is the comma or bracket behind it. */
  #endsElement(byte: number): boolean {
    if (this.#isInText) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === BACKSLASH) this.#isEscaped = true;
      else if (byte === QUOTE) this.#isInText = false;
      return false;
    }
    if (this.#depth === 0 && (byte === COMMA || byte === CLOSING_BRACKET)) return true;
    if (byte === QUOTE) this.#isInText = true;
    else if (byte === OPENING_BRACE || byte === OPENING_BRACKET) this.#depth += 1;
    else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) this.#depth -= 1;
    return false;
  }

  #keep(piece: Uint8Array): void {
    this.#pieceBytes += piece.length;
    if (this.#pieceBytes > this.#longestBytes) {
      throw new MalformedArrayError(`one of its values is longer than ${this.#longestBytes} bytes`);
    }
    this.#pieces.push(piece);
  }

  #takeElement(last: Uint8Array): string {
    this.#keep(last);
    const bytes = this.#pieces.length === 1 ? last : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#pieceBytes = 0;
    this.#depth = 0;
    try {
      return this.#decoder.decode(bytes);
    } catch (error) {
      throw new MalformedArrayError('it is not UTF-8', { cause: error });
    }
  }
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
