/** Readable errors of connections. */

/** A connection error with our own message. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

export interface Limits {
  readonly connectMs: number;
  readonly stallMs?: number;
}

/** The error of a request as it may be shown; errors that are not undici's stay unchanged. */
export function failureOf(error: unknown, { connectMs, stallMs = connectMs }: Limits): unknown {
  const code = codeOf(error);
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return new HttpFailure(stalled(connectMs), code);
  if (/^UND_ERR_(HEADERS|BODY)_TIMEOUT$/.test(code)) return new HttpFailure(stalled(stallMs), code);
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return new HttpFailure('the headers of the reply are too large', code);
  // Without its cause, which contains a piece of the reply.
  if (isNamed(error, 'HTTPParserError')) return new HttpFailure('the reply is not HTTP', 'HTTP_PARSER');
  // For a host with several addresses, the outer error has no message; the inner ones do.
  if (error instanceof AggregateError && error.message === '') return error.errors[0] ?? error;
  return error;
}

export function stalled(ms: number): string {
  return `nothing moved on the connection for ${ms} ms`;
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
