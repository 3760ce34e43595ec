/** Texts that the console reads as numbers (spec: statistics, section 4, R1). */

/** Characters that Python strips from both ends of a number's text. */
const SPACE = String.raw`[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*`;
const DIGITS = String.raw`[0-9](?:_?[0-9])*`;
const FINITE = new RegExp(
  `^${SPACE}([+-]?(?:${DIGITS}(?:\\.(?:${DIGITS})?)?|\\.${DIGITS})(?:[eE][+-]?${DIGITS})?)${SPACE}$`,
);
const ENDLESS = new RegExp(`^${SPACE}[+-]?(?:inf|infinity|nan)${SPACE}$`, 'i');
/** A longer text is not a number; checking it would only take time. */
const LONGEST_NUMBER = 1_000_000;

/** The number that the console reads from a text: NaN for one that is not finite; undefined if it is not a number. */
export function parseNumberText(text: string): number | undefined {
  if (text.length > LONGEST_NUMBER) return undefined;
  const digits = FINITE.exec(text)?.[1];
  if (digits === undefined) return ENDLESS.test(text) ? Number.NaN : undefined;
  const value = Number(digits.replaceAll('_', ''));
  return Number.isFinite(value) ? value : Number.NaN;
}
