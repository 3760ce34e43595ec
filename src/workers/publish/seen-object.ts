/** The object that a publication replaces, and whether it is to be replaced at all. */
import { METADATA, publishedVersionOrder } from '../../domain/object-metadata.ts';
import type { SourceVersion } from '../../domain/source-version.ts';
import { ABSENT, type ObjectStore, type StoredObject } from '../../ports/object-store.ts';

/** What a publication must know of the object that it replaces. */
export type SeenObject = Pick<StoredObject, 'generation' | 'metadata'> & Partial<Pick<StoredObject, 'bytes'>>;

/** The object as planning saw it, or a look at it where planning saw none; undefined where there is no object. */
export async function lookAtObject(
  store: ObjectStore,
  name: string,
  { seen, signal }: { readonly seen: SeenObject | undefined; readonly signal: AbortSignal },
): Promise<SeenObject | undefined> {
  if (seen === undefined) return store.head(name, signal);
  return seen.generation === ABSENT ? undefined : seen;
}

/** The job that publishes, and what. */
export interface Work {
  /** Id of the job, which no other publication has. */
  readonly job: string;
  readonly sourceVersion: SourceVersion;
}

/** Why nothing is to be done: the job has published the object itself, or the object is current or newer than the source. */
export type Settlement = 'own' | 'current' | 'newer';

export function settlementOf(object: SeenObject | undefined, work: Work): Settlement | undefined {
  if (isOwn(object, work)) return 'own';
  const order = publishedVersionOrder(object?.metadata, work.sourceVersion);
  if (order === 'same') return 'current';
  return order === 'newer' ? 'newer' : undefined;
}

/**
 * Whether an object was published by the job, which never got the answer: it has the job's id and version, and nobody
 * else records it.
 */
export function isOwn(object: SeenObject | undefined, { job, sourceVersion }: Work): boolean {
  const metadata = object?.metadata ?? {};
  return metadata[METADATA.job] === job && metadata[METADATA.sourceVersion] === sourceVersion;
}
