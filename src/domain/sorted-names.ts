/** Looking up names by their beginning. */

/** The sorted names that begin with the prefix. */
export function namesWithPrefix(sortedNames: readonly string[], prefix: string): readonly string[] {
  const start = firstNotBefore(sortedNames, prefix);
  let end = start;
  while (sortedNames[end]?.startsWith(prefix) === true) end++;
  return sortedNames.slice(start, end);
}

function firstNotBefore(sortedNames: readonly string[], text: string): number {
  let low = 0;
  let high = sortedNames.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sortedNames[middle]! < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
