/**
 * Names with wildcards, as in Python's `fnmatch`, case-sensitive. Glob libraries follow the shell: there `/`, `**`, braces
 * and escapes are special, and `^` negates a set too.
 */

/** Whether a name has a wildcard. */
export function isGlob(name: string): boolean {
  return /[*?[]/.test(name);
}

/** Returns a test for whole names: `*` any text, `?` one character, `[a-c]` and `[!a-c]` one of a set. */
export interface GlobPattern {
  test(name: string): boolean;
}

/** Parses a name with wildcards. Not a regular expression, because several `*` would take exponential time. */
export function globPattern(glob: string): GlobPattern {
  const tokens = tokensOf(Array.from(glob));
  return { test: (name) => fits(tokens, Array.from(name)) };
}

const ANY_TEXT = '*';
type FitsOne = (character: string) => boolean;
type Token = typeof ANY_TEXT | FitsOne;

function tokensOf(glob: readonly string[]): Token[] {
  const tokens: Token[] = [];
  const lastClosing = glob.lastIndexOf(']');
  for (let at = 0; at < glob.length; at++) {
    const character = glob[at]!;
    const members = glob[at + 1] === '!' ? at + 2 : at + 1;
    // A bracket at the very beginning of a set is a member of it.
    const closing = character === '[' && members < lastClosing ? glob.indexOf(']', members + 1) : -1;
    if (closing !== -1) {
      tokens.push(setOf(glob.slice(members, closing), members > at + 1));
      at = closing;
    } else if (character === '*') tokens.push(ANY_TEXT);
    else if (character === '?') tokens.push(() => true);
    else tokens.push((other) => other === character);
  }
  return tokens;
}

/** Single characters and ranges; an empty range matches nothing. */
function setOf(members: readonly string[], isNegated: boolean): FitsOne {
  const ranges: [string, string][] = [];
  for (let at = 0; at < members.length; at++) {
    const from = members[at]!;
    const isRange = members[at + 1] === '-' && at + 2 < members.length;
    ranges.push([from, isRange ? members[at + 2]! : from]);
    if (isRange) at += 2;
  }
  return (character) => ranges.some(([from, to]) => from <= character && character <= to) !== isNegated;
}

/** On a mismatch only the last `*` takes one character more; earlier ones need no retry. */
function fits(tokens: readonly Token[], name: readonly string[]): boolean {
  let token = 0;
  let at = 0;
  let lastAny = -1;
  let retryAt = 0;
  while (at < name.length) {
    const current = tokens[token];
    if (current === ANY_TEXT) {
      lastAny = token++;
      retryAt = at;
    } else if (current?.(name[at]!) === true) {
      token++;
      at++;
    } else if (lastAny === -1) {
      return false;
    } else {
      token = lastAny + 1;
      at = ++retryAt;
    }
  }
  while (tokens[token] === ANY_TEXT) token++;
  return token === tokens.length;
}
