/** What the parts of a file say together, as if one export had seen all rows. */
import type { StatisticsPartSummary } from '../../jobs/statistics-part-job.ts';
import { type BranchGroup, missingBranches } from './branch-check.ts';
import type { CheckResult } from './row-checker.ts';
import type { WrittenFile } from './write-file.ts';

const SHOWN_ROWS = 5;

/** Counts summed, branches looked for in all parts. */
export function joinSummaries(parts: readonly StatisticsPartSummary[]): Omit<WrittenFile, 'sha256'> {
  const total = (count: (part: StatisticsPartSummary) => number): number =>
    parts.reduce((sum, part) => sum + count(part), 0);
  const branchGroups = joinGroups(parts.flatMap((part) => part.branchGroups));
  const rows = total((part) => part.rows);
  const commas = parts.filter((part) => part.rows > 0).length - 1;
  return {
    rows,
    bytes: total((part) => part.bytes) + Math.max(0, commas) + 2,
    nonFinite: total((part) => part.nonFinite),
    check: {
      rows: total((part) => part.check.rows),
      rejected: total((part) => part.check.rejected),
      duplicates: total((part) => part.check.duplicates),
      unchecked: total((part) => part.check.unchecked),
      withoutBasis: total((part) => part.check.withoutBasis),
      reasons: joinReasons(parts.flatMap((part) => part.check.reasons)),
      shown: parts.flatMap((part) => part.check.shown).slice(0, SHOWN_ROWS),
      missingBranches: missingBranches(branchGroups),
    },
    branchGroups,
  };
}

function joinGroups(groups: readonly BranchGroup[]): BranchGroup[] {
  const joined = new Map<string, { seen: Set<string>; named: Set<string> }>();
  for (const { where, seen, named } of groups) {
    const known = joined.get(where) ?? { seen: new Set<string>(), named: new Set<string>() };
    for (const branch of seen) known.seen.add(branch);
    for (const branch of named) known.named.add(branch);
    joined.set(where, known);
  }
  return [...joined].map(([where, { seen, named }]) => ({ where, seen: [...seen], named: [...named] }));
}

function joinReasons(reasons: CheckResult['reasons']): CheckResult['reasons'] {
  const counts = new Map<string, number>();
  for (const { reason, rows } of reasons) counts.set(reason, (counts.get(reason) ?? 0) + rows);
  return [...counts].map(([reason, rows]) => ({ reason, rows })).sort((a, b) => b.rows - a.rows);
}
