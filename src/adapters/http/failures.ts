/** What breaks a connection, in words that tell it. */

/** An error of the connection in words of ours. */
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

/** The error of a request as it may be shown; what is none of undici's stays as it is. */
export function failureOf(error: unknown, { connectMs, stallMs = connectMs }: Limits): unknown {
  const code = codeOf(error);
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return new HttpFailure(stalled(connectMs), code);
  if (/^UND_ERR_(HEADERS|BODY)_TIMEOUT$/.test(code)) return new HttpFailure(stalled(stallMs), code);
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return new HttpFailure('the headers of the reply are too large', code);
  // Without its cause, which carries a piece of the reply.
  if (isNamed(error, 'HTTPParserError')) return new HttpFailure('the reply is not HTTP', 'HTTP_PARSER');
  // Of a host with several addresses each one's error is inside, and the outer has no message.
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
