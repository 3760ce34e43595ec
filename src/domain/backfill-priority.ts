/**
 * The order of a backfill's jobs in a queue. Jobs of continuous work have no priority number, so they come first; those of
 * backfills come by size, so that a few large tables do not hold up many small ones.
 */
const MEGABYTE = 1_000_000;
/** Most views are small, and their size is known only after an estimate. */
const USUAL_BYTES = 10 * MEGABYTE;

/** 1 for up to a megabyte, and one more each time the size doubles. */
export function backfillPriority(bytes: number = USUAL_BYTES): number {
  return 1 + Math.ceil(Math.log2(Math.max(1, bytes / MEGABYTE)));
}
