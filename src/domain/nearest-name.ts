/** Suggestions for names that were mistyped. */

const MOST_CANDIDATES = 3;
/** Comparing takes time by the square of it, and nobody mistypes a name as long as that. */
const LONGEST_NAME = 200;

/** The known names closest to `name`, nearest first; none that differs in more than a third of its characters. */
export function nearestNames(name: string, known: Iterable<string>): string[] {
  if (name.length > LONGEST_NAME) return [];
  const limit = Math.max(1, Math.floor(name.length / 3));
  return [...new Set(known)]
    .map((candidate) => ({ candidate, distance: distanceBetween(name, candidate, limit) }))
    .filter((entry) => entry.distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, MOST_CANDIDATES)
    .map((entry) => entry.candidate);
}

/** `Did you mean x? `, or nothing where no known name is near. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const nearest = nearestNames(name, known);
  return nearest.length === 0 ? '' : `Did you mean ${nearest.join(' or ')}? `;
}

/** Edits (insert, delete, replace) between two texts without regard to case, or a number above `limit`. A prefix counts as one. */
function distanceBetween(a: string, b: string, limit: number): number {
  const from = a.toLowerCase();
  const to = b.toLowerCase();
  if (from === to) return 0;
  if (from.length >= 4 && to.startsWith(from)) return 1;
  if (Math.abs(from.length - to.length) > limit || lettersApart(from, to) > limit) return limit + 1;
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const current = [i];
    for (let j = 1; j <= to.length; j++) {
      const replace = (previous[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      current.push(Math.min(replace, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    // No later row has a smaller number, and most names are not near.
    if (current.every((distance) => distance > limit)) return limit + 1;
    previous = current;
  }
  return previous[to.length] ?? limit + 1;
}

/** Letters that one text has more of than the other: never more than the edits between them, and far sooner counted. */
function lettersApart(a: string, b: string): number {
  const counts = new Int16Array(128);
  // Letters that fall together here only make it smaller.
  for (let at = 0; at < a.length; at++) counts[a.charCodeAt(at) & 127]! += 1;
  for (let at = 0; at < b.length; at++) counts[b.charCodeAt(at) & 127]! -= 1;
  let more = 0;
  let fewer = 0;
  for (const count of counts) {
    if (count > 0) more += count;
    else fewer -= count;
  }
  return Math.max(more, fewer);
}
