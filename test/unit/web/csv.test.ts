import { expect, it } from 'vitest';
import { csvText } from '../../../src/web/text/csv.ts';

it('cells of a CSV are quoted where they must be, and are never formulas', () => {
  const rows = [
    ['plain', 1.5, null, true],
    ['a,"b"\nc', -0.1, undefined, 12n],
    ['=HYPERLINK("x")', '+1', '-1', '@x'],
    ['\tx', '\rx', 'a=b', ''],
  ];

  expect(csvText(['name', 'a', 'b', 'c'], rows)).toBe(
    [
      'name,a,b,c',
      'plain,1.5,,true',
      '"a,""b""\nc",-0.1,,12',
      `"'=HYPERLINK(""x"")",'+1,'-1,'@x`,
      `'\tx,"'\rx",a=b,`,
      '',
    ].join('\r\n'),
  );
});
