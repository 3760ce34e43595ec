/** The shared scale of a forest plot: one outlier must not flatten the rest (spec: pages, section 4). */

export interface Interval {
  readonly point: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Shown from `least` to `most`; 0 lies within. */
export interface ForestScale {
  readonly least: number;
  readonly most: number;
}

/** Bounds further out than this many times the 90th percentile are cut. */
const CUT = 4;

/** Of all finite bounds and points of a group. */
export function forestScale(intervals: readonly Interval[]): ForestScale {
  const bounds = intervals
    .flatMap(({ point, lower, upper }) => [point, lower, upper])
    .filter((bound) => bound !== null);
  const sizes = bounds.map(Math.abs).sort((a, b) => a - b);
  const limit = CUT * (sizes[Math.ceil(0.9 * sizes.length) - 1] ?? 0);
  // Where nine of ten are 0 there is nothing to compare an outlier with.
  const inside = limit === 0 ? bounds : bounds.filter((bound) => Math.abs(bound) <= limit);
  const cut =
    limit === 0 ? [] : bounds.filter((bound) => Math.abs(bound) > limit).map((bound) => Math.sign(bound) * limit);
  const [least, most] = [Math.min(0, ...inside, ...cut), Math.max(0, ...inside, ...cut)];
  return least === most ? { least: -0.01, most: 0.01 } : { least, most };
}

/** A number on the scale, and whether it was cut there. */
export function onScale(
  value: number,
  { least, most }: ForestScale,
): { readonly value: number; readonly cut: boolean } {
  const inside = Math.min(most, Math.max(least, value));
  return { value: inside, cut: inside !== value };
}
