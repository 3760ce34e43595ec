/** Secret texts, and URLs whose credentials are kept apart from what may be shown. */

/** Shown instead of a secret. */
const HIDDEN = '[secret]';
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** A secret text. Printing, logging, inspecting or serialising it gives `[secret]`; only `reveal` gives the text. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text, for a connection, a header or a signature. Never use it for a message or a record. */
  reveal(): string {
    return this.#text;
  }

  /**
   * Whether a foreign text repeats a piece of this secret, plain, percent-encoded or in base64. Six letters in a row are
   * enough, so that a cut secret is found too.
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
    // A shorter piece could be in any text by chance.
    if (word.length < SHORTEST_WORD) continue;
    const length = Math.min(PIECE_LENGTH, word.length);
    for (let at = 0; at + length <= word.length; at++) {
      if (text.includes(word.slice(at, at + length))) return true;
    }
  }
  return false;
}

/** What a request needs. */
export interface AddressRequest {
  /** With query, without user and password. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/** A URL. `text` may be shown and stored; user, password and query are used only for requests. */
export class WebAddress {
  /** Without user, password, query and fragment. */
  readonly text: string;
  readonly #url: URL;

  /** Throws TypeError if the text is not a URL, without repeating it. */
  constructor(text: string) {
    if (!URL.canParse(text)) throw new TypeError('not a URL');
    this.#url = new URL(text);
    this.text = `${this.#url.protocol}//${this.#url.host}${this.#url.pathname}`.replace(/\/+$/, '');
  }

  get host(): string {
    return this.#url.host;
  }

  /** A request to this URL, or to another path of the same host. */
  request(path: string = this.#url.pathname): AddressRequest {
    const { username, password, search } = this.#url;
    const url = new URL(path, this.#url.origin);
    for (const [name, value] of new URLSearchParams(search)) url.searchParams.append(name, value);
    if (username === '' && password === '') return { url, headers: {} };
    // `fetch` rejects a URL with a user.
    return { url, headers: { authorization: `Basic ${base64(`${decoded(username)}:${decoded(password)}`)}` } };
  }

  /** A foreign text, such as an error or a reply, if it does not repeat the credentials of this URL. */
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

/** Without percent-encoding; unchanged if a lone `%` makes it invalid. */
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
