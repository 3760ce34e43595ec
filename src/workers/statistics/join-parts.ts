/** Joins the results of parts, as if one export had read all rows. */
import type { StatisticsPartSummary } from '../../jobs/statistics-part-job.ts';
import type { ReadingUsage } from '../../domain/outcome.ts';
import { FileOutline, joinOutlines } from './acceptance/outline.ts';
import type { CheckResult, LeftOutReason } from './acceptance/row-checker.ts';
import type { WrittenFile } from './write-file.ts';

const SHOWN_ROWS = 5;

/** Counts summed, names united, outlines joined. */
export function joinSummaries(parts: readonly StatisticsPartSummary[]): Omit<WrittenFile, 'sha256'> {
  const total = (count: (part: StatisticsPartSummary) => number): number =>
    parts.reduce((sum, part) => sum + count(part), 0);
  const union = (names: (check: CheckResult) => readonly string[]): string[] =>
    [...new Set(parts.flatMap((part) => names(part.check)))].sort();
  const commas = parts.filter((part) => part.rows > 0).length - 1;
  return {
    rows: total((part) => part.rows),
    bytes: total((part) => part.bytes) + Math.max(0, commas) + 2,
    nonFinite: total((part) => part.nonFinite),
    check: {
      rows: total((part) => part.check.rows),
      rejected: total((part) => part.check.rejected),
      dropped: total((part) => part.check.dropped),
      duplicates: total((part) => part.check.duplicates),
      unchecked: total((part) => part.check.unchecked),
      withoutBasis: total((part) => part.check.withoutBasis),
      endlessTexts: total((part) => part.check.endlessTexts),
      reasons: joinReasons(parts.flatMap((part) => part.check.reasons)),
      shown: parts.flatMap((part) => part.check.shown).slice(0, SHOWN_ROWS),
      branches: union(({ branches }) => branches),
      windows: union(({ windows }) => windows),
      bases: union(({ bases }) => bases),
    },
    outline: joinOutlines(parts.map((part) => FileOutline.parse(part.outline))),
  };
}

/** The total cost of the division and its parts; parts without a cost count as 0. */
export function joinUsage(usages: readonly (ReadingUsage | undefined)[]): ReadingUsage {
  const total = (of: (usage: ReadingUsage) => number): number =>
    usages.reduce((sum, usage) => sum + (usage === undefined ? 0 : of(usage)), 0);
  return {
    requests: total((usage) => usage.requests),
    bytesRead: total((usage) => usage.bytesRead),
    bytesBilled: total((usage) => usage.bytesBilled),
    slotMs: total((usage) => usage.slotMs),
    queryMs: total((usage) => usage.queryMs),
  };
}

function joinReasons(reasons: readonly LeftOutReason[]): LeftOutReason[] {
  const joined = new Map<string, LeftOutReason>();
  for (const { rule, reason, rows } of reasons) {
    const key = `${rule} ${reason}`;
    joined.set(key, { rule, reason, rows: rows + (joined.get(key)?.rows ?? 0) });
  }
  return [...joined.values()].sort((a, b) => b.rows - a.rows);
}
