/** The windows of a file as the metadata of its object tell them: `1-6`, `1,2,4`. */

/** Metadata of an object are small. */
const MOST_CHARACTERS = 500;

/** Windows that are whole numbers, ascending; three or more in a row are a range. What is too long ends in `…`. */
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
