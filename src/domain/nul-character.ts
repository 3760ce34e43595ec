/**
 * U+0000 in text. Warehouses and TOML hold it, but the database of the console does not: it refuses all results of an
 * experiment for one, so files have U+FFFD in its place.
 */

/** Whether a text holds U+0000. */
export function hasNul(text: string): boolean {
  return text.includes('\0');
}

/** The text with U+FFFD for each U+0000. */
export function withoutNul(text: string): string {
  return text.replaceAll('\0', '\ufffd');
}
