/** How far the clock of a machine may be from that of Redis. */

/** Records carry our times, the queue uses those of Redis. */
export const ODD_CLOCK_MS = 5_000;
/** Google refuses credentials that were signed with such a clock. */
export const WRONG_CLOCK_MS = 300_000;

export const CLOCK_REMEDY = 'Synchronise both machines (NTP); records carry the times of this machine.';

/** `aheadMs`: how far the clock of Redis is ahead of ours. */
export function clockDetail(aheadMs: number): string {
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  return `The clock of this machine is ${seconds} s ${aheadMs > 0 ? 'behind' : 'ahead of'} that of Redis.`;
}
