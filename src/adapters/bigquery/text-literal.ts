/** Reads the STRING literals in which TABLE_OPTIONS writes its values. */

const PIECE =
  /(?<plain>[^\\]+)|\\(?:u(?<u>[0-9a-fA-F]{4})|U(?<U>[0-9a-fA-F]{8})|[xX](?<x>[0-9a-fA-F]{2})|(?<octal>[0-3][0-7]{2})|(?<one>[abfnrtv\\?"'`]))/gu;
const CONTROLS: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const LAST_CODE_POINT = 0x10ffff;

/** The text of a literal in single or double quotes; undefined for anything else. */
export function parseTextLiteral(literal: string): string | undefined {
  const quote = literal.at(0);
  if ((quote !== '"' && quote !== "'") || literal.length < 2 || literal.at(-1) !== quote) return undefined;
  const inner = literal.slice(1, -1);
  const pieces: string[] = [];
  let end = 0;
  for (const { 0: piece, index, groups } of inner.matchAll(PIECE)) {
    const { plain, one, u, U, x, octal } = groups ?? {};
    const text = plain ?? (one === undefined ? character(u ?? U ?? x, octal) : (CONTROLS[one] ?? one));
    if (index !== end || text === undefined || plain?.includes(quote) === true) return undefined;
    pieces.push(text);
    end = index + piece.length;
  }
  return end === inner.length ? pieces.join('') : undefined;
}

function character(hex: string | undefined, octal = ''): string | undefined {
  const code = hex === undefined ? Number.parseInt(octal, 8) : Number.parseInt(hex, 16);
  return code <= LAST_CODE_POINT ? String.fromCodePoint(code) : undefined;
}
