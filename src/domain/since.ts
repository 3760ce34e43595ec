/** The beginning of a range of time as people write it: `2h`, `3d`, `2026-01-14`, `2026-01-14T10:00Z`. */
import { ContrailError } from './errors.ts';
import { quote } from './slug.ts';
import { MICROS_PER_MS, parseTimestamp } from './utc-time.ts';

const AGO = /^(?<count>\d{1,6})(?<unit>m|h|d|w)$/;
const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Milliseconds since 1970. USAGE if the text is neither a duration nor a time, or lies after now. */
export function parseSince(text: string, now: number): number {
  const ago = AGO.exec(text.trim())?.groups;
  if (ago !== undefined) return now - Number(ago['count']) * (UNITS_MS[ago['unit'] ?? ''] ?? 0);
  const micros = parseTimestamp(text.trim());
  if (micros === undefined) {
    throw new ContrailError('USAGE', `${quote(text)} is not a time.`, {
      hint: 'Write how long ago (30m, 2h, 3d, 1w) or when: 2026-01-14, 2026-01-14T10:00Z.',
    });
  }
  if (micros / MICROS_PER_MS > now) throw new ContrailError('USAGE', `${quote(text)} has not come yet.`);
  return micros / MICROS_PER_MS;
}
