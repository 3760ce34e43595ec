/** Numbers that a table holds as text: whether the console can read them. */
import type { Column } from '../../../src/domain/column-type.ts';
import { rowRules } from '../../../src/workers/statistics/row-rules.ts';
import { columnBatch } from '../../support/column-batches.ts';
import { fuzzTarget, mustEqual } from '../target.ts';

const COLUMNS: readonly Column[] = [{ name: 'point', type: { kind: 'string' } }];

export const numberText = fuzzTarget<string>({
  name: 'number-text',
  about: 'numbers as text in statistics tables',
  quickInputs: 1_000,
  make: (random) =>
    random.mixture(['0', '1', '9', '.', '-', '+', 'e', 'E', ' ', 'x', '\n', '99999'], random.pick([3, 8, 20])),
  check: (text) => {
    const rule = rowRules(COLUMNS).find(({ reason }) => reason === 'point is not a number');
    let isRefused = false;
    rule?.broken(columnBatch(COLUMNS, [[text]]), () => (isRefused = true));
    // JavaScript reads the same numbers, and some that it names, in other bases, or empty.
    const isNumber = text.trim() !== '' && !Number.isNaN(Number(text)) && !text.includes('x');
    mustEqual(isRefused, !isNumber, 'whether it is refused');
  },
});
