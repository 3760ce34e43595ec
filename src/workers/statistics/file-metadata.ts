/** Object metadata about the rows of a statistics file (spec: statistics, section 5). */
import type { AnalysisPeriod } from '../../domain/analysis-period.ts';
import { type FoundRecord, isPrimary } from '../../domain/console-premises.ts';
import { METADATA } from '../../domain/object-metadata.ts';
import { formatWindows, type WindowList, windowList } from '../../domain/rerun/window-list.ts';
import type { ObjectMetadata } from '../../ports/object-store.ts';
import type { WrittenFile } from './write-file.ts';

export function fileMetadata(
  { rows, check }: Pick<WrittenFile, 'rows' | 'check'>,
  { period, record }: { readonly period: AnalysisPeriod; readonly record: FoundRecord },
): ObjectMetadata {
  return {
    [METADATA.rows]: String(rows),
    [METADATA.rejected]: String(check.rejected),
    [METADATA.dropped]: String(check.dropped),
    [METADATA.duplicates]: String(check.duplicates),
    [METADATA.windows]: formatWindows(windowsOfFile(check)),
    [METADATA.bases]: check.bases.join(','),
    ...(period === 'overall' ? { [METADATA.primary]: String(isPrimary(record)) } : {}),
  };
}

/** The windows of the rows in a file; those that are no whole numbers are left out. */
export function windowsOfFile({ windows }: Pick<WrittenFile['check'], 'windows'>): WindowList {
  return windowList(windows.filter((window) => /^-?\d{1,15}$/.test(window)).map(Number));
}
