/** Suggestions for mistyped names. */
import { editDistance } from './edit-distance.ts';

const MOST_CANDIDATES = 3;
/** Comparing takes quadratic time, and nobody mistypes longer names. */
const LONGEST_NAME = 200;

/** The known names closest to `name`, nearest first, that differ in at most a third of its characters. */
export function nearestNames(name: string, known: Iterable<string>): string[] {
  if (name.length > LONGEST_NAME) return [];
  const limit = Math.max(1, Math.floor(name.length / 3));
  return [...new Set(known)]
    .map((candidate) => ({ candidate, edits: distanceBetween(name, candidate, limit) }))
    .filter(({ edits }) => edits <= limit)
    .sort((a, b) => a.edits - b.edits || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, MOST_CANDIDATES)
    .map((entry) => entry.candidate);
}

/** `Did you mean x? `; empty if no known name is near. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const nearest = nearestNames(name, known);
  return nearest.length === 0 ? '' : `Did you mean ${nearest.join(' or ')}? `;
}

/** Edits between two texts, ignoring case. Completing a prefix counts as one. */
function distanceBetween(a: string, b: string, limit: number): number {
  const from = a.toLowerCase();
  const to = b.toLowerCase();
  if (from.length >= 4 && from !== to && to.startsWith(from)) return 1;
  return editDistance(from, to, limit);
}
