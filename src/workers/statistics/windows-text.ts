/** The windows of a file for its object's metadata: `1-6`, `1,2,4`. */

/** Object metadata are small. */
const MOST_CHARACTERS = 500;

/** Ascending whole numbers; three or more in a row are a range. A text that is too long ends in `…`. */
export function windowsText(windows: readonly string[]): string {
  const numbers = windows.filter((window) => /^-?[0-9]{1,15}$/.test(window)).map(Number);
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const pieces: string[] = [];
  for (let from = 0; from < sorted.length;) {
    let to = from;
    while (sorted[to + 1] === sorted[to]! + 1) to += 1;
    if (to - from >= 2) pieces.push(`${sorted[from]}-${sorted[to]}`);
    else pieces.push(...sorted.slice(from, to + 1).map(String));
    from = to + 1;
  }
  const text = pieces.join(',');
  if (text.length <= MOST_CHARACTERS) return text;
  return `${text.slice(0, text.lastIndexOf(',', MOST_CHARACTERS))},…`;
}
