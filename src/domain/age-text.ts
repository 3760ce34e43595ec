/** Times as people read them. */

const UNITS = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
] as const;

/** `3 d`, `2 h`, `5 min`, `20 s` */
export function formatAge(ms: number): string {
  const unit = UNITS.find((candidate) => ms >= candidate.ms) ?? { name: 's', ms: 1_000 };
  return `${Math.max(0, Math.floor(ms / unit.ms))} ${unit.name}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `8 Jan 2026`, in UTC. */
export function formatDay(epochMs: number): string {
  const time = new Date(epochMs);
  return `${time.getUTCDate()} ${MONTHS[time.getUTCMonth()] ?? ''} ${time.getUTCFullYear()}`;
}
