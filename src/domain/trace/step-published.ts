/** Why a cell that was computed is not in the published file. */
import { compareVersions, type SourceVersion } from '../source-version.ts';
import type { PublishedLoss } from './cell.ts';
import type { PublishedFile, WindowTable } from './inputs.ts';

/** The reason, for the cell of that `cellId`: the table has rows of it, the file has none of this window. */
export function unpublished(id: string, table: WindowTable, file: PublishedFile | undefined): PublishedLoss {
  if (file === undefined) return { lost: 'published', reason: 'no_file' };
  if (isOlder(file.version, table.version) || file.isOutdated === true)
    return { lost: 'published', reason: 'file_stale' };
  const field = table.cells.refused.get(id) ?? null;
  return { lost: 'published', reason: field === null ? 'unexplained' : `refused:${field}` };
}

/** Versions that cannot be compared, as of warehouses without times, prove nothing. */
function isOlder(file: SourceVersion | null, table: SourceVersion): boolean {
  return file === null || compareVersions(file, table) === 'older';
}
