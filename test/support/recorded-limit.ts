/** A limit that lets everybody begin, and notes when turns begin and end. */
import type { SharedLimit } from '../../src/ports/shared-limit.ts';

export function recordedLimit(name: string, events: string[]): SharedLimit {
  return {
    async acquire() {
      events.push(`${name} begins`);
      return () => void events.push(`${name} ends`);
    },
  };
}
