/** Text normalisation of the format (spec: metadata, sections 3 and 5). */

/** Removes blanks at the end of the first line of a multi-line text; other lines keep theirs. */
export function trimFirstLine(text: string): string {
  const lineEnd = text.indexOf('\n');
  let kept = lineEnd;
  while (kept > 0 && (text[kept - 1] === ' ' || text[kept - 1] === '\t')) kept -= 1;
  return kept < lineEnd ? text.slice(0, kept) + text.slice(lineEnd) : text;
}

/**
 * Removes the margin: lines of only blanks and tabs become empty, then the longest common prefix of blanks and tabs is
 * removed from all other lines. Trims nothing else.
 */
export function dedent(text: string): string {
  const lines = text.split('\n').map((line) => (/^[ \t]+$/.test(line) ? '' : line));
  const margin = lines.filter((line) => line !== '').reduce<string | undefined>(commonMargin, undefined) ?? '';
  return lines.map((line) => (line === '' ? line : line.slice(margin.length))).join('\n');
}

function commonMargin(margin: string | undefined, line: string): string {
  const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
  if (margin === undefined) return indent;
  let length = 0;
  while (length < margin.length && margin[length] === indent[length]) length += 1;
  return margin.slice(0, length);
}

/** A readable name from a metric's name: `_` becomes a blank, each run of letters gets one capital. */
export function titleOf(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.replace(/\p{L}+/gu, (run) => {
    const [first = '', ...rest] = run;
    return first.toUpperCase() + rest.join('').toLowerCase();
  });
}
