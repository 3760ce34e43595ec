/** Ids of backfills, as people type them: `b3f09a1c2`. */

/** From a random UUID. */
export function backfillIdOf(uuid: string): string {
  return `b${uuid.replaceAll('-', '').slice(0, 8)}`;
}

export function isBackfillId(text: string): boolean {
  return /^b[0-9a-f]{8}$/.test(text);
}
