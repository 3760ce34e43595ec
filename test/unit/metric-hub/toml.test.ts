import { describe, expect, it } from 'vitest';
import { parseToml, TomlError, type TomlValue } from '../../../src/metric-hub/toml.ts';

/** Tables as lists of pairs, so that order can be compared. */
function pairs(value: TomlValue): unknown {
  if (value instanceof Map) return [...value].map(([key, inner]: [string, TomlValue]) => [key, pairs(inner)]);
  return Array.isArray(value) ? value.map(pairs) : value;
}

describe('TOML', () => {
  it('keeps the order of keys, whatever they look like', () => {
    const table = parseToml('[m.zeta]\n[m.2048]\n[m.__proto__]\nx = 1\n[m."a b"]\n[m.alpha]\n[m.constructor]\n');

    const empty: unknown[] = [];
    expect(pairs(table)).toEqual([
      [
        'm',
        [
          ['zeta', empty],
          ['2048', empty],
          ['__proto__', [['x', 1]]],
          ['a b', empty],
          ['alpha', empty],
          ['constructor', empty],
        ],
      ],
    ]);
  });

  it('reads dotted keys, inline tables, arrays and arrays of tables', () => {
    const table = parseToml('a.b.c = 1\nd = {e.f = [1, "x", {g = true}]}\n[[h]]\ni = 1\n[[h]]\n[h.j]\nk = 2.5\n');

    expect(pairs(table)).toEqual([
      ['a', [['b', [['c', 1]]]]],
      ['d', [['e', [['f', [1, 'x', [['g', true]]]]]]]],
      ['h', [[['i', 1]], [['j', [['k', 2.5]]]]]],
    ]);
  });

  it('keeps a date that is not quoted as it is written', () => {
    const table = parseToml('day = 2026-01-05\n');

    expect(table.get('day')).toEqual({ date: '2026-01-05' });
  });

  it('keeps whole numbers exactly', () => {
    const table = parseToml('small = 7\nlarge = 9007199254740993\n');

    expect(pairs(table)).toEqual([
      ['small', 7],
      ['large', 9007199254740993n],
    ]);
  });

  it('trims the first line of every text of several lines, also in lists', () => {
    const table = parseToml('a = """\none  \ntwo  \n"""\nb = ["x  \\ny", "z  "]\n');

    expect(pairs(table)).toEqual([
      ['a', 'one\ntwo  \n'],
      ['b', ['x\ny', 'z  ']],
    ]);
  });

  it.each([
    ['a key that comes twice', 'a = 1\na = 2\n', /line 2/],
    ['a table that comes twice', '[a]\nb = 1\n[a]\n', /line 3/],
    ['a value that is missing', 'a = 1\nb =\n', /line \d/],
    ['a quote that is not closed', 'a = "x\n', /line 1/],
    ['a day that does not exist', 'a = 2026-02-30\n', /line 1/],
  ])('refuses %s and says where', (_, text, place) => {
    expect(() => parseToml(text)).toThrow(TomlError);
    expect(() => parseToml(text)).toThrow(place);
  });
});
