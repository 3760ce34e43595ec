/** Which tables an analysis writes for each of its windows, and when its newest run began (design, section 7). */
import { normaliseSlug } from './slug.ts';

const WINDOW_TABLE = /^statistics_(?<slug>.+)_(?:day|week|days28|overall|preenrollment_week|preenrollment_days28)_\d+$/;
const PREENROLLMENT = '_preenrollment';
const RUN_MS = 12 * 3_600_000;

/**
 * The normalised slugs whose table this may be: none where it is no table of a window, two where the end of a slug may
 * also be the beginning of a period.
 */
export function windowTableOwners(table: string): string[] {
  const slug = WINDOW_TABLE.exec(table)?.groups?.['slug'];
  if (slug === undefined) return [];
  // Greedy, so `x_preenrollment` is a slug of its own here, and `x` the other reading.
  const isAmbiguous = slug.endsWith(PREENROLLMENT) && /_(?:week|days28)_\d+$/.test(table);
  return isAmbiguous ? [slug, slug.slice(0, -PREENROLLMENT.length)] : [slug];
}

/** The table of the clients that were enrolled, which an experiment's first analysis writes. */
export function enrollmentsTableName(slug: string): string {
  return `enrollments_${normaliseSlug(slug)}`;
}

/**
 * Begin of the newest run, in milliseconds since 1970, out of the times of the last changes of an experiment's tables:
 * the run wrote those changed within 12 hours before the newest change, and began so long before the first of them.
 * Undefined without changes.
 */
export function startOfNewestRun(changes: readonly number[], leadMs: number): number | undefined {
  if (changes.length === 0) return undefined;
  const newest = changes.reduce((a, b) => Math.max(a, b));
  return changes.filter((change) => change >= newest - RUN_MS).reduce((a, b) => Math.min(a, b)) - leadMs;
}
