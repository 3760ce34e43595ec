import { assert, property, string } from 'fast-check';
import { expect, it } from 'vitest';
import { parseTextLiteral } from '../../../../src/adapters/bigquery/text-literal.ts';
import { textLiteral } from '../../../../src/adapters/bigquery/sql.ts';

it('reads every text back, in either quotes', () => {
  assert(
    property(string({ unit: 'grapheme' }), (text) => {
      expect(parseTextLiteral(JSON.stringify(text))).toBe(text);
      expect(parseTextLiteral(textLiteral(text))).toBe(text);
    }),
  );
});

it.each([
  [String.raw`"a\"b\'c\\d\`e\?"`, `a"b'c\\d\`e?`],
  [String.raw`"\a\b\f\n\r\t\v"`, '\u0007\b\f\n\r\t\v'],
  [String.raw`"\x41\X42\103\u00e9\U0001F600"`, 'ABCé😀'],
  ['""', ''],
])('reads the escapes of %s', (literal, text) => {
  expect(parseTextLiteral(literal)).toBe(text);
});

it.each([
  '',
  '"',
  'NULL',
  '"a',
  '"a\'',
  '"a"b"',
  String.raw`"\"`,
  String.raw`"\z"`,
  String.raw`"\x4"`,
  String.raw`"\U00110000"`,
])('refuses %s, which is no literal', (literal) => {
  expect(parseTextLiteral(literal)).toBeUndefined();
});

it('reads or refuses any text, and gives back one without escapes', () => {
  assert(
    property(string(), (text) => {
      const isPlain = !/["\\]/.test(text);

      const read = parseTextLiteral(`"${text}"`);

      expect(isPlain ? read : undefined).toBe(isPlain ? text : undefined);
    }),
  );
});
