/** The object that an export replaces, and whether it is to be replaced at all. */
import { METADATA } from '../../domain/object-metadata.ts';
import type { JobOutcome, PublishedFacts } from '../../domain/outcome.ts';
import { isNewerVersion, type SourceVersion } from '../../domain/source-version.ts';
import { ABSENT, type ObjectStore, type StoredObject } from '../../ports/object-store.ts';

/** What an export must know of the object that it replaces. */
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

export interface Publisher {
  readonly object: string;
  readonly location: string;
  /** Id of the job, which no other export has. */
  readonly job: string;
  /** Since the export began. */
  readonly durationMs: number;
}

/** Why nothing is to be done: the job has published the object itself, or the object is current or newer than the source. */
export function settledBy(
  before: SeenObject | undefined,
  version: SourceVersion,
  publisher: Publisher,
): JobOutcome | undefined {
  const published = before?.metadata[METADATA.sourceVersion];
  if (published === undefined) return undefined;
  const own = publishedBy(before, version, publisher);
  if (own !== undefined) return own;
  const { object, location } = publisher;
  const place = { object, location };
  if (published === version) return { kind: 'skipped', reason: 'the file is current', ...place };
  if (isNewerVersion(published, version) !== true) return undefined;
  return { kind: 'superseded', reason: 'the file is newer than the source', ...place };
}

/**
 * What a job has published whose answer it never got: an object of its id and version is its own, and nobody else
 * records it. Undefined for any other object.
 */
export function publishedBy(
  before: SeenObject | undefined,
  version: SourceVersion,
  { object, location, job, durationMs }: Publisher,
): ({ readonly kind: 'published' } & PublishedFacts) | undefined {
  const metadata = before?.metadata ?? {};
  if (before === undefined || metadata[METADATA.job] !== job || metadata[METADATA.sourceVersion] !== version) {
    return undefined;
  }
  const count = (key: string): number => Number(metadata[key] ?? 0);
  return {
    kind: 'published',
    object,
    location,
    source: metadata[METADATA.source] ?? '',
    sourceVersion: version,
    rows: count(METADATA.rows),
    rejected: count(METADATA.rejected),
    dropped: count(METADATA.dropped),
    duplicates: count(METADATA.duplicates),
    bytes: before.bytes ?? 0,
    warnings: [],
    durationMs,
    generation: before.generation,
  };
}
