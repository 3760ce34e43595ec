/**
 * The least number of edits that turn one text into the other: insert, delete or replace a character, or swap two
 * neighbours (optimal string alignment: no place is edited twice). With more than `limit` edits, any number above it.
 */
export function editDistance(from: string, to: string, limit: number): number {
  const lengthDifference = Math.abs(from.length - to.length);
  if (lengthDifference > limit) return lengthDifference;
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = at(last, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const edits = Math.min(replaced, at(last, column) + 1, at(current, column - 1) + 1);
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(row > 1 && column > 1 && isSwapped ? Math.min(edits, at(beforeLast, column - 2) + 1) : edits);
    }
    // Later rows are computed from these two, so they cannot cost less.
    if (Math.min(...last, ...current) > limit) return limit + 1;
    [beforeLast, last] = [last, current];
  }
  return at(last, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
