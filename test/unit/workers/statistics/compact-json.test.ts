/** The value of a JSON column in the notation of the file. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compactJson } from '../../../../src/workers/statistics/compact-json.ts';

/** Random values take half a second, on a busy machine several times as long. */
const TIMEOUT_MS = 60_000;

describe('compactJson', () => {
  it.each([
    ['takes out the whitespace between tokens', ' {\n\t"a" : [ 1 ,\r\n2 ] } ', '{"a":[1,2]}'],
    ['keeps the whitespace in strings', '[" a  b ", "\t"]'.replace('\t', String.raw`\t`), String.raw`[" a  b ","\t"]`],
    ['keeps what looks like structure in strings', '{"{ \\" }" : "[ , ]"}', String.raw`{"{ \" }":"[ , ]"}`],
    [
      'keeps numbers as they are written',
      '[1.0, 1E5, -0, 12345678901234567890.10]',
      '[1.0,1E5,-0,12345678901234567890.10]',
    ],
    ['keeps the order of keys, and doubled ones', '{"b":1, "2":2, "1":3, "b":4}', '{"b":1,"2":2,"1":3,"b":4}'],
    ['writes characters raw that need no escape', String.raw`"\u0041\/\u00e9\u2028"`, '"A/é\u2028"'],
    ['writes escapes in their short form', String.raw`"\u000a\u0022\u005C\u0001"`, String.raw`"\n\"\\\u0001"`],
    ['writes pairs of surrogates as their character', String.raw`"\ud83d\ude00"`, '"😀"'],
    ['replaces a lone surrogate', String.raw`["\ud83d", "\ude00x"]`, '["\ufffd","\ufffdx"]'],
    [
      'takes the escape of a backslash before a quote for what it is',
      String.raw`["a\\", " b\\\" "]`,
      String.raw`["a\\"," b\\\" "]`,
    ],
    ['treats keys like other strings', String.raw`{"\u0061 b": 1}`, '{"a b":1}'],
    ['takes a bare string', '"x"', '"x"'],
    ['takes a bare number', ' 1 ', '1'],
    ['takes null', 'null', 'null'],
  ])('%s', (_, text, expected) => {
    expect(compactJson(text)).toBe(expected);
  });

  it.each(['', ' ', '{', '{a:1}', "'a'", '[1,]', '01', 'NaN', '"\n"', '1 2', '\ufeff1'])('refuses %j', (text) => {
    expect(compactJson(text)).toBeUndefined();
  });

  it(
    'makes of any indented JSON what JSON.stringify makes of the value',
    () => {
      const indented = fc.tuple(fc.jsonValue({ stringUnit: 'binary' }), fc.integer({ min: 0, max: 4 }));
      const property = fc.property(indented, ([value, indent]) => {
        expect(compactJson(JSON.stringify(value, null, indent))).toBe(JSON.stringify(value));
      });

      fc.assert(property, { seed: 20_260_115, numRuns: 1_000 });
    },
    TIMEOUT_MS,
  );
});
