/** Pauses between tries. */
import type { Pauses } from '../../ports/http.ts';

type Headers = Readonly<Record<string, string>>;

/** `tries`: those made so far. `chance`: from 0 to below 1, so that many clients do not come back at once. */
export function pauseBefore({ firstPauseMs, factor = 2, longestPauseMs }: Pauses, tries: number, chance: number) {
  return (headers: Headers = {}): number => {
    const ownMs = firstPauseMs * factor ** (tries - 1) * (1 + chance);
    return Math.min(Math.max(askedFor(headers), ownMs), longestPauseMs);
  };
}

/** `Retry-After`, in seconds or as a date, which is compared with the service's own clock. */
function askedFor({ 'retry-after': text = '', date = '' }: Headers): number {
  if (/^\s*\d+\s*$/.test(text)) return Number(text) * 1_000;
  return Math.max(0, Date.parse(text) - Date.parse(date)) || 0;
}
