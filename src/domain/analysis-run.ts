/** Which tables an analysis writes, and when its newest run began. */
import { normaliseSlug } from './slug.ts';

const WINDOW_TABLE = /^statistics_(?<slug>.+)_(?:day|week|days28|overall|preenrollment_week|preenrollment_days28)_\d+$/;
const PREENROLLMENT = '_preenrollment';
/** The tables of a run are written within this time. */
export const RUN_MS = 12 * 3_600_000;

/**
 * The normalised slugs that a per-window table may belong to. None: it is not a per-window table. Two: the end of the
 * slug may also be the beginning of a period.
 */
export function windowTableOwners(table: string): string[] {
  const slug = WINDOW_TABLE.exec(table)?.groups?.['slug'];
  if (slug === undefined) return [];
  // Greedy, so `x_preenrollment` is a slug here; `x` is the other reading.
  const isAmbiguous = slug.endsWith(PREENROLLMENT) && /_(?:week|days28)_\d+$/.test(table);
  return isAmbiguous ? [slug, slug.slice(0, -PREENROLLMENT.length)] : [slug];
}

/** The table of enrolled clients, which the first analysis of an experiment writes. */
export function enrollmentsTableName(slug: string): string {
  return `enrollments_${normaliseSlug(slug)}`;
}

/**
 * When the newest run began, in milliseconds since 1970; undefined without changes. The run wrote all tables changed in
 * the 12 hours before the newest change, and began a lead before the first of them.
 */
export function startOfNewestRun(changes: readonly number[], leadMs: number): number | undefined {
  if (changes.length === 0) return undefined;
  const newest = changes.reduce((a, b) => Math.max(a, b));
  return changes.filter((change) => change >= newest - RUN_MS).reduce((a, b) => Math.min(a, b)) - leadMs;
}
