/** The status tile of the enrollments dashboard, rules E1 to E5 (spec: monitoring, section 7). */
import { percentText } from './text.ts';
import { dayOf, daysBetween } from '../domain/utc-time.ts';

export type TileRule = 'E1' | 'E2' | 'E3' | 'E4' | 'E5';

export interface TileInput {
  /** Days, `YYYY-MM-DD` in UTC. */
  readonly launchDate: string;
  readonly endDate: string | null;
  /** The last five-minute window with events, milliseconds since 1970: "now" for the tile. */
  readonly lastWindow: number;
  readonly enrolled: number;
  readonly unenrolled: number;
}

export interface TileStatus {
  /** Null: no warning. */
  readonly rule: TileRule | null;
  readonly text: string;
  readonly daysSinceLaunch: number;
}

/** Low enrollment below this number (tile; the console's limit differs on purpose). */
const TILE_LOW_LIMIT = 500;

const UNENROLLED_LIMITS = [
  { rule: 'E2', above: 0.1, text: '🚨️ Unenrollments are high' },
  { rule: 'E3', above: 0.05, text: '⚠️ Unenrollments are elevated' },
  { rule: 'E4', above: 0.01, text: '⚠️ Unenrollments may be elevated' },
] as const;

/**
 * The text of the tile. `withoutEnd`: the state of an experiment without an end date. Production calls it `ended`, so it
 * never warns of unenrollments; we use `running`.
 */
export function statusTile(input: TileInput, withoutEnd: 'running' | 'ended' = 'running'): TileStatus {
  const lastDay = dayOf(input.lastWindow);
  const days = daysBetween(input.launchDate, lastDay) ?? 0;
  if (days === 0) return { rule: 'E5', text: '🕰 Waiting for enrollments', daysSinceLaunch: days };
  if (days > 0 && input.enrolled < TILE_LOW_LIMIT) {
    const text = `⚠️ Enrollment is low: fewer than ${TILE_LOW_LIMIT} enrollments since launch`;
    return { rule: 'E1', text, daysSinceLaunch: days };
  }
  const isRunning = input.endDate === null ? withoutEnd === 'running' : (daysBetween(lastDay, input.endDate) ?? 0) > 0;
  // At least TILE_LOW_LIMIT clients have enrolled here, so this does not divide by zero.
  const share = days > 0 && isRunning ? input.unenrolled / input.enrolled : 0;
  const found = UNENROLLED_LIMITS.find((limit) => share > limit.above);
  if (found === undefined) return { rule: null, text: 'No warning', daysSinceLaunch: days };
  const text = `${found.text}: ${(share * 100).toFixed(1)}% of clients have unenrolled since launch`;
  return { rule: found.rule, text, daysSinceLaunch: days };
}

/** The limit of a tile rule, as a share or a count, with its text. */
export function tileLimit(rule: TileRule): { readonly value: number; readonly text: string } {
  const share = UNENROLLED_LIMITS.find((limit) => limit.rule === rule);
  if (share !== undefined) return { value: share.above, text: percentText(share.above) };
  return rule === 'E1' ? { value: TILE_LOW_LIMIT, text: String(TILE_LOW_LIMIT) } : { value: 0, text: 'the launch day' };
}
