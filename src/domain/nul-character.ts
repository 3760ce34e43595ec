/**
 * Replaces U+0000. Warehouses and TOML allow it, but Experimenter's database does not: one character makes it reject all
 * results of an experiment.
 */

export function hasNul(text: string): boolean {
  return text.includes('\0');
}

/** Replaces each U+0000 by U+FFFD. */
export function withoutNul(text: string): string {
  return text.replaceAll('\0', '\ufffd');
}
