/** A published object as the freshness index keeps it. */
import type { PublishedFile } from '../../domain/freshness/file-entry.ts';
import { METADATA } from '../../domain/object-metadata.ts';
import type { StoredObject } from '../../ports/object-store.ts';

/** An object of another program has no version, so any source is newer. */
export function publishedFileOf({ generation, changedAt, bytes, metadata }: StoredObject): PublishedFile {
  const rows = countOf(metadata[METADATA.rows]);
  const windows = metadata[METADATA.windows];
  const leftOut = [METADATA.rejected, METADATA.dropped, METADATA.duplicates].reduce(
    (sum, key) => sum + (countOf(metadata[key]) ?? 0),
    0,
  );
  return {
    version: metadata[METADATA.sourceVersion] ?? '',
    generation,
    at: changedAt,
    ...(rows === undefined ? {} : { rows }),
    leftOut,
    bytes,
    ...(windows === undefined ? {} : { windows }),
  };
}

function countOf(text: string | undefined): number | undefined {
  const count = Number(text ?? 'none');
  return Number.isFinite(count) ? count : undefined;
}
