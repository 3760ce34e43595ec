/** Numbers in alert texts, rounded as on the pages (spec: pages, section 11). */

const MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const MOST_NAMES = 3;
/** Made once: making one takes longer than a hundred numbers. */
const COUNTS = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `3,104` */
export function countText(value: number): string {
  return COUNTS.format(value);
}

/** `13.3%`, from a share. */
export function percentText(share: number): string {
  const text = (share * 100).toFixed(1);
  return `${text.endsWith('.0') ? text.slice(0, -2) : text}%`;
}

/** `$1.84`, `$1,234`, below a cent `< $0.01`. */
export function usdText(usd: number): string {
  if (usd > 0 && usd < 0.01) return '< $0.01';
  return usd < 1000 ? `$${usd.toFixed(2)}` : `$${countText(Math.round(usd))}`;
}

/** `41 s`, `20 min`, `3 h`, `4 d` */
export function durationText(ms: number): string {
  if (ms < MS.minute) return `${Math.floor(ms / 1000)} s`;
  if (ms < MS.hour) return `${Math.floor(ms / MS.minute)} min`;
  return ms < 2 * MS.day ? `${Math.floor(ms / MS.hour)} h` : `${Math.floor(ms / MS.day)} d`;
}

/** `p = 0.042`, below a thousandth `p < 0.001`. */
export function pValueText(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}

/** `a, b, c and 11 more` */
export function namesText(names: readonly string[], most = MOST_NAMES): string {
  const rest = names.length - most;
  const shown = names.slice(0, most).join(', ');
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

/** `1 file`, `2 files` */
export function pluralText(count: number, word: string): string {
  return `${countText(count)} ${word}${count === 1 ? '' : 's'}`;
}
