/** The object that an export replaces, and whether it is to be replaced at all. */
import { METADATA } from '../../domain/object-metadata.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import { isNewerVersion, type SourceVersion } from '../../domain/source-version.ts';
import { ABSENT, type ObjectStore, type StoredObject } from '../../ports/object-store.ts';

/** What an export must know of the object that it replaces. */
export type SeenObject = Pick<StoredObject, 'generation' | 'metadata'>;

/** The object as planning saw it, or a look at it where planning saw none; undefined where there is no object. */
export async function lookAtObject(
  store: ObjectStore,
  name: string,
  { seen, signal }: { readonly seen: SeenObject | undefined; readonly signal: AbortSignal },
): Promise<SeenObject | undefined> {
  if (seen === undefined) return store.head(name, signal);
  return seen.generation === ABSENT ? undefined : seen;
}

/** Why nothing is to be done: the object is current, or newer than the source. */
export function settledBy(
  before: SeenObject | undefined,
  version: SourceVersion,
  place: { readonly object: string; readonly location: string },
): JobOutcome | undefined {
  const published = before?.metadata[METADATA.sourceVersion];
  if (published === undefined) return undefined;
  if (published === version) return { kind: 'skipped', reason: 'the file is current', ...place };
  if (isNewerVersion(published, version) !== true) return undefined;
  return { kind: 'superseded', reason: 'the file is newer than the source', ...place };
}
