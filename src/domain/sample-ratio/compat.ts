/** Production's sample ratio look-up: a table of chi-square quantiles with one degree of freedom. */
import { chiTerm, type CountsByBranch, type SampleRatioColumns } from './sample-ratio.ts';

/** Probability and critical value, most probable first. */
const QUANTILES: readonly (readonly [number, number])[] = [
  [0.9, 0.0157],
  [0.75, 0.102],
  [0.5, 0.455],
  [0.25, 1.323],
  [0.1, 2.706],
  [0.05, 3.841],
  [0.025, 5.024],
  [0.01, 6.635],
  [0.005, 7.879],
  [0.002, 9.55],
  [0.001, 10.828],
];
const LIKELY_BELOW = 0.1;

/** Production's columns for one metric. `pValue` is the critical value, 0 if none is found. */
export function compatColumns(actual: CountsByBranch, ratios: CountsByBranch): SampleRatioColumns {
  const found = lookUp(compatChiSquare(actual, ratios));
  const criticalValue = found?.[1] ?? 0;
  return { probability: found?.[0] ?? null, pValue: criticalValue, isLikely: criticalValue < LIKELY_BELOW };
}

/** The largest probability whose critical value is not below `chi`. */
function lookUp(chi: number | null): readonly [number, number] | undefined {
  return chi === null ? undefined : QUANTILES.find(([, critical]) => critical >= chi);
}

/** Over the branches with counts, against the ratios of all; null without counts. */
function compatChiSquare(actual: CountsByBranch, ratios: CountsByBranch): number | null {
  const counted = Object.entries(ratios).filter(([branch]) => actual[branch] !== undefined);
  if (counted.length === 0) return null;
  const ratioSum = Object.values(ratios).reduce((sum, ratio) => sum + ratio, 0);
  const total = counted.reduce((sum, [branch]) => sum + (actual[branch] ?? 0), 0);
  let chi = 0;
  for (const [branch, ratio] of counted) {
    const expected = (total * ratio) / ratioSum;
    if (expected > 0) chi += chiTerm(actual[branch] ?? 0, expected);
  }
  return chi;
}
