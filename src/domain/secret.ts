/** Texts that must never be shown, and web addresses whose credentials are kept apart from what may be shown. */

/** Shown in place of a secret. */
export const HIDDEN = '[secret]';
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** A secret text. Printing, logging, inspecting or serialising it gives `[secret]`; only `reveal` gives the text. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** For the one place that needs it: a connection, a header, a signature. Never for a message or a record. */
  reveal(): string {
    return this.#text;
  }

  /**
   * Whether a text of somebody else repeats a piece of this secret, as it is, percent-encoded or in base64. Six letters
   * in a row count as a piece, so that a secret that is cut off is found too.
   */
  isIn(text: string): boolean {
    const pieces = [this.#text, decoded(this.#text), base64(this.#text), base64(decoded(this.#text))];
    const shown = `${text}\n${decoded(text)}`.toLowerCase();
    return pieces.some((piece) => sharesPiece(piece.toLowerCase(), shown));
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [INSPECT](): string {
    return HIDDEN;
  }
}

const PIECE_LENGTH = 6;
const SHORTEST_WORD = 4;

function sharesPiece(secret: string, text: string): boolean {
  for (const word of secret.split(/[^a-z0-9]+/)) {
    // A shorter word might be in any text by chance.
    if (word.length < SHORTEST_WORD) continue;
    const length = Math.min(PIECE_LENGTH, word.length);
    for (let at = 0; at + length <= word.length; at++) {
      if (text.includes(word.slice(at, at + length))) return true;
    }
  }
  return false;
}

/** What a request to a web address needs. */
export interface AddressRequest {
  /** With its query, without user and password. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/** A web address: `text` may be shown and stored; user, password and query are only given to requests. */
export class WebAddress {
  /** Without user, password, query and fragment. */
  readonly text: string;
  readonly #url: URL;

  /** Throws TypeError for what is no URL, without repeating it. */
  constructor(text: string) {
    if (!URL.canParse(text)) throw new TypeError('not a web address');
    this.#url = new URL(text);
    this.text = `${this.#url.protocol}//${this.#url.host}${this.#url.pathname}`.replace(/\/+$/, '');
  }

  get host(): string {
    return this.#url.host;
  }

  /** The request to this address, or to another path of the same host. */
  request(path: string = this.#url.pathname): AddressRequest {
    const { username, password, search } = this.#url;
    const url = new URL(path, this.#url.origin);
    for (const [name, value] of new URLSearchParams(search)) url.searchParams.append(name, value);
    if (username === '' && password === '') return { url, headers: {} };
    // `fetch` refuses an address with a user in it.
    return { url, headers: { authorization: `Basic ${base64(`${decoded(username)}:${decoded(password)}`)}` } };
  }

  /** A text of somebody else, such as an error or an answer, unless it repeats the credentials of this address. */
  shown(text: string): string {
    const { username, password, search } = this.#url;
    const secrets = [username, password, ...new URLSearchParams(search).values()].filter((secret) => secret !== '');
    const headers = Object.values(this.request().headers);
    const isTold = [...secrets, ...headers].some((secret) => new Secret(secret).isIn(text));
    return isTold ? 'the reason is not shown, because it repeats a password' : text;
  }

  toString(): string {
    return this.text;
  }

  toJSON(): string {
    return this.text;
  }
}

/** Without percent-encoding; as it is where a lone `%` makes it none. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
