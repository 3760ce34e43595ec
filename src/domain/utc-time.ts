/**
 * Times of the monitoring tables: microseconds since 1970 as a number, exact until the year 2255. Parses all notations of
 * warehouses and the experiments API.
 */

export const MICROS_PER_MS = 1_000;
export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_MINUTE = 60 * MICROS_PER_SECOND;
export const MICROS_PER_DAY = 24 * 60 * MICROS_PER_MINUTE;
export const MS_PER_HOUR = 3_600_000;
export const MS_PER_DAY = 24 * MS_PER_HOUR;

const DATE = /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})$/;
const TIMESTAMP =
  /^(?<date>\d{4}-\d{2}-\d{2})(?:[T ](?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.(?<fraction>\d{1,9}))?)?(?<zone> ?(?:Z|UTC)|[+-]\d{2}(?::?\d{2})?)?)?$/;

/**
 * Microseconds since 1970 of an ISO date or date-time (`T` or a blank between, up to nanoseconds, which are cut). A date
 * is midnight; without an offset it is UTC. Undefined for any other text, and for days and hours that do not exist.
 */
export function parseTimestamp(text: string): number | undefined {
  const found = TIMESTAMP.exec(text)?.groups;
  if (found === undefined) return undefined;
  const day = parseDate(found['date'] ?? '');
  const hour = Number(found['hour'] ?? 0);
  const minute = Number(found['minute'] ?? 0);
  const second = Number(found['second'] ?? 0);
  const offset = offsetMinutes(found['zone'] ?? 'Z');
  if (day === undefined || offset === undefined || hour > 23 || minute > 59 || second > 59) return undefined;
  const fraction = Number((found['fraction'] ?? '').padEnd(6, '0').slice(0, 6));
  const minutes = hour * 60 + minute - offset;
  const micros = day + minutes * MICROS_PER_MINUTE + second * MICROS_PER_SECOND + fraction;
  return isWritable(micros) ? micros : undefined;
}

/** Microseconds since 1970 at the start of a day; undefined if the text is not a calendar day. */
export function parseDate(text: string): number | undefined {
  const found = DATE.exec(text)?.groups;
  if (found === undefined) return undefined;
  const ms = Date.parse(`${text}T00:00:00Z`);
  // Some engines' Date.parse turns 30 February into 2 March.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text || text.startsWith('0000')) return undefined;
  return ms * MICROS_PER_MS;
}

/** `2026-01-13T04:30:00Z`, with six decimals only if they are not zero. */
export function timestampText(micros: number): string {
  const fraction = remainder(micros, MICROS_PER_SECOND);
  const seconds = new Date((micros - fraction) / MICROS_PER_MS).toISOString().slice(0, 19);
  return `${seconds}${fraction === 0 ? '' : `.${String(fraction).padStart(6, '0')}`}Z`;
}

/** The day in UTC: `2026-01-13`. */
export function dateText(micros: number): string {
  return timestampText(micros - remainder(micros, MICROS_PER_DAY)).slice(0, 10);
}

/** The day in UTC of a time in milliseconds: `2026-01-13`. */
export function dayOf(epochMs: number): string {
  return dateText(epochMs * MICROS_PER_MS);
}

/** Whole days from one `YYYY-MM-DD` to another; undefined if one is not a day. */
export function daysBetween(from: string, to: string): number | undefined {
  const start = parseDate(from);
  const end = parseDate(to);
  return start === undefined || end === undefined ? undefined : (end - start) / MICROS_PER_DAY;
}

/** Rounds a time down to a multiple of `unit`, also before 1970. */
export function floorTo(micros: number, unit: number): number {
  return micros - remainder(micros, unit);
}

function remainder(micros: number, unit: number): number {
  return ((micros % unit) + unit) % unit;
}

/** BigQuery's TIMESTAMP and DATE hold the years 1 to 9999. */
function isWritable(micros: number): boolean {
  return micros >= -62_135_596_800 * MICROS_PER_SECOND && micros < 253_402_300_800 * MICROS_PER_SECOND;
}

function offsetMinutes(zone: string): number | undefined {
  if (zone.endsWith('Z') || zone.endsWith('UTC')) return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || 0);
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
