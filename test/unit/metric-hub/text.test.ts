import { describe, expect, it } from 'vitest';
import { dedent, titleOf, trimFirstLine } from '../../../src/metric-hub/text.ts';

describe('the first line', () => {
  it.each([
    ['loses blanks and tabs at its end', 'one \t \ntwo', 'one\ntwo'],
    ['alone does so', 'one  \ntwo  \n', 'one\ntwo  \n'],
    ['of blanks becomes empty', '   \n two', '\n two'],
    ['keeps its blanks where there is no other', 'one  ', 'one  '],
    ['keeps blanks at its beginning', '  one\n', '  one\n'],
  ])('%s', (_, text, trimmed) => {
    expect(trimFirstLine(text)).toBe(trimmed);
  });
});

describe('dedent', () => {
  it.each([
    ['removes the margin of all lines', '  a\n    b\n  c', 'a\n  b\nc'],
    ['empties lines of blanks and tabs, which have no margin', '  a\n \t\n  b\n ', 'a\n\nb\n'],
    ['does not take a tab for blanks', '\ta\n    b', '\ta\n    b'],
    ['removes what the margins have in common', '\t  a\n\t b', ' a\nb'],
    ['leaves a text alone that starts in the first column', 'a\n  b\n', 'a\n  b\n'],
    ['keeps a final line break, and blanks at the end of lines', '  a  \n', 'a  \n'],
    ['empties a text of blanks', '   ', ''],
    ['knows no other blanks', '\u00a0a\n\u00a0b', '\u00a0a\n\u00a0b'],
  ])('%s', (_, text, dedented) => {
    expect(dedent(text)).toBe(dedented);
  });
});

describe('a title made of a name', () => {
  it.each([
    ['days28_of_use_v2x', 'Days28 Of Use V2X'],
    ['fxA_iOS_3rd', 'Fxa Ios 3Rd'],
    ['2048', '2048'],
    ['__proto__', '  Proto  '],
    ['größe', 'Größe'],
  ])('%s', (name, title) => {
    expect(titleOf(name)).toBe(title);
  });
});
