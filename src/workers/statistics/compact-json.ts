/** Rewrites the value of a JSON column in the notation of the file. */
import { jsonString } from './json-bytes.ts';

/**
 * Removes whitespace between tokens and escapes strings by the file's rule. Keeps numbers, the order of keys and duplicate
 * keys, which `JSON.stringify(JSON.parse(text))` would not. Undefined for invalid JSON.
 */
export function compactJson(text: string): string | undefined {
  if (!isJson(text)) return undefined;
  const pieces: string[] = [];
  let keptFrom = 0;
  let at = 0;
  while (at < text.length) {
    const character = text[at]!;
    if (character === '"') {
      const end = stringEnd(text, at);
      const string = text.slice(at, end);
      if (string.includes('\\')) {
        pieces.push(text.slice(keptFrom, at), jsonString(String(JSON.parse(string))));
        keptFrom = end;
      }
      at = end;
    } else {
      at += 1;
      if (isWhitespace(character)) {
        pieces.push(text.slice(keptFrom, at - 1));
        keptFrom = at;
      }
    }
  }
  return pieces.join('') + text.slice(keptFrom);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The end of the string token that begins at `start`. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isWhitespace(character: string): boolean {
  return character === ' ' || character === '\n' || character === '\r' || character === '\t';
}
