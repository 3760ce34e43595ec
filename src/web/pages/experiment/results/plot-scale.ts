/** Ticks of plots. */

/** Of percents: `+5%`, `0%`, `−2.5%`. */
export function percentTick(percent: number): string {
  const size = Math.abs(percent).toLocaleString('en-US', { maximumFractionDigits: 4 });
  if (size === '0') return '0%';
  return `${percent < 0 ? '\u{2212}' : '+'}${size}%`;
}
