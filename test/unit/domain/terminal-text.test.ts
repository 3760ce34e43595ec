import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableJson } from '../../../src/domain/terminal-text.ts';

const CODES = [0x00, 0x07, 0x1b, 0x7f, 0x80, 0x9b, 0x9f, 0x61c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202e, 0x2066, 0x2069];
const STEERING = CODES.map((code) => String.fromCharCode(code));

describe('text of others', () => {
  it.each(STEERING)('has %j replaced before a terminal sees it', (character) => {
    expect(printable(`a${character}b`)).toBe('a\u{fffd}b');
  });

  it('keeps letters of all languages, tabs and line ends', () => {
    for (const text of ['žluťoučký', 'שלום', '日本語', '🙂', 'a\tb\nc']) expect(printable(text)).toBe(text);
  });

  it('is the same JSON with such characters escaped', { timeout: 30_000 }, () => {
    const text = fc.array(fc.oneof(fc.constantFrom(...STEERING), fc.string())).map((parts) => parts.join(''));

    fc.assert(
      fc.property(text, (odd) => {
        const json = printableJson(JSON.stringify(odd));
        expect(JSON.parse(json)).toBe(odd);
        expect(printable(json)).toBe(json);
      }),
    );
  });
});
