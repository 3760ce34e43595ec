/** Where `contrail status` gets the states of files: from the freshness index, or from a plan of its own. */
import type { FilesRequest, ReadFiles } from './files-request.ts';
import { readIndexedFiles } from './read-indexed-files.ts';

/** `isFresh`: from a plan in any case. */
export async function readFiles(request: FilesRequest, isFresh: boolean): Promise<ReadFiles> {
  const indexed = isFresh ? undefined : await readIndexedFiles(request);
  if (indexed !== undefined) return indexed;
  // Planning takes longer to load than the index to read.
  const { readPlannedFiles } = await import('./read-planned-files.ts');
  return readPlannedFiles(request);
}
