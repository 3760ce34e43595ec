/** Numbers that a table holds as text: whether the console can read them. */
import { parseNumberText } from '../../../src/domain/number-text.ts';
import { fuzzTarget, mustEqual } from '../target.ts';

export const numberText = fuzzTarget<string>({
  name: 'number-text',
  about: 'numbers as text in statistics tables',
  quickInputs: 1_000,
  make: (random) =>
    random.mixture(['0', '1', '9', '.', '-', '+', 'e', 'E', ' ', 'x', '\n', '_', '99999'], random.pick([3, 8, 20])),
  check: (text) => {
    const value = parseNumberText(text);
    // JavaScript reads the same numbers, and some that it names, in other bases, or empty; no underscores.
    const plain = text.replaceAll(/(?<=[0-9])_(?=[0-9])/g, '');
    const isNumber = plain.trim() !== '' && !Number.isNaN(Number(plain)) && !/[xInf_]/.test(plain);
    mustEqual(value !== undefined, isNumber, 'whether it is read as a number');
    const read = Number(plain);
    if (isNumber) mustEqual(value, Number.isFinite(read) ? read : Number.NaN, 'the number');
  },
});
