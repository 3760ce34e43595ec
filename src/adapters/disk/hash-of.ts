import { createHash } from 'node:crypto';

/** A short name for any text: the first 40 hex digits of its SHA-256. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 40);
}
