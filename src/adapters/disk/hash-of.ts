import { createHash } from 'node:crypto';

/** First 40 hex digits of the SHA-256. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 40);
}
