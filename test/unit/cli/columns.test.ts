import { describe, expect, it } from 'vitest';
import { columnLines } from '../../../src/cli/columns.ts';

describe('columns', () => {
  it('are aligned on a terminal, without those that are empty', () => {
    const lines = columnLines(
      [
        ['a', '', 'long'],
        ['longer', '', 'b'],
      ],
      { isTerminal: true },
    );

    expect(lines).toEqual(['a       long', 'longer  b']);
  });

  it('are separated by tabs where a program reads them, whatever the cells hold', () => {
    expect(columnLines([['a', '', 'b\tc\n\u001b[31m']], { isTerminal: false })).toHaveLength(1);
    expect(columnLines([['a', '', 'b\tc']], { isTerminal: false })).toEqual(['a\t\tb c']);
  });

  it('of nothing are nothing', () => {
    expect(columnLines([], { isTerminal: true })).toEqual([]);
  });
});
