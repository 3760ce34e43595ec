/**
 * Publishes a text that fits into memory as one object (design, sections 5 and 6): only if the object has changed
 * neither meanwhile nor at all, whole or not at all.
 */
import { createHash } from 'node:crypto';
import { ContrailError } from '../../domain/errors.ts';
import { METADATA } from '../../domain/object-metadata.ts';
import type { SourceVersion } from '../../domain/source-version.ts';
import { CONTRAIL_VERSION } from '../../domain/version.ts';
import {
  ABSENT,
  type Generation,
  type ObjectMetadata,
  type ObjectStore,
  type StoredObject,
} from '../../ports/object-store.ts';
import { type Claim, checkOwner, ownerOf } from '../statistics/check-owner.ts';

/** How often it starts again because somebody else changed the object meanwhile. */
const MOST_ROUNDS = 3;

/** What is to be in the object. */
export interface PublishableText {
  readonly text: string;
  /** Where it comes from, for the object's metadata. */
  readonly source: string;
  /** An object of this version is left alone unless forced. */
  readonly sourceVersion: SourceVersion;
  /** What else the object's metadata say. */
  readonly metadata?: ObjectMetadata;
}

export interface TextPublication<Made extends PublishableText> {
  /** Name of the object. */
  readonly name: string;
  /** Who claims it. */
  readonly claim: Claim;
  /** For the object's metadata: a job's id, which no other publication has. */
  readonly job: string;
  readonly force: boolean;
  readonly signal: AbortSignal;
  /**
   * Makes the text, after the object was looked at, so that what is published is never older than what it replaces.
   * Undefined: there must be none, and the object stays as it is.
   */
  readonly make: (before: StoredObject | undefined) => Promise<Made | undefined>;
}

export type PublishedText<Made> =
  | { readonly kind: 'published'; readonly made: Made; readonly bytes: number; readonly generation: Generation }
  | { readonly kind: 'unchanged' | 'current'; readonly made: Made; readonly bytes: number }
  | { readonly kind: 'nothing' };

/**
 * `published`: new bytes are in place, also where an earlier attempt of the job has put them there; `unchanged`: they were in place already, and only the version was brought up to
 * date; `current`: nothing was to be done. Throws SLUG_CONFLICT, or OBJECT_CHANGED after several rounds.
 */
export async function publishText<Made extends PublishableText>(
  store: ObjectStore,
  publication: TextPublication<Made>,
): Promise<PublishedText<Made>> {
  for (let round = 1; ; round++) {
    try {
      return await publishOnce(store, publication, round);
    } catch (error) {
      const changed = error instanceof ContrailError && error.code === 'OBJECT_CHANGED';
      if (!changed || round === MOST_ROUNDS) throw error;
      publication.signal.throwIfAborted();
    }
  }
}

async function publishOnce<Made extends PublishableText>(
  store: ObjectStore,
  publication: TextPublication<Made>,
  round: number,
): Promise<PublishedText<Made>> {
  const { name, claim, force, signal } = publication;
  const before = await store.head(name, signal);
  checkOwner(name, before, claim);
  const made = await publication.make(before);
  if (made === undefined) return { kind: 'nothing' };
  const bytes = Buffer.from(made.text);
  const isCurrent = before?.metadata[METADATA.sourceVersion] === made.sourceVersion;
  const isOwn = isCurrent && before.metadata[METADATA.job] === publication.job;
  // An earlier try may have published without getting its answer: nobody else records that.
  if (isOwn && (!force || round > 1))
    return { kind: 'published', made, bytes: bytes.length, generation: before.generation };
  if (isCurrent && !force) return { kind: 'current', made, bytes: bytes.length };
  const metadata = metadataOf(publication, made, { bytes, before });
  if (!force && before !== undefined && before.metadata[METADATA.sha256] === metadata[METADATA.sha256]) {
    await store.updateMetadata({ name, ifGeneration: before.generation, metadata, signal });
    return { kind: 'unchanged', made, bytes: bytes.length };
  }
  const { generation } = await writeObject(store, publication, { bytes, metadata, before });
  return { kind: 'published', made, bytes: bytes.length, generation };
}

interface ObjectContent {
  readonly bytes: Uint8Array;
  readonly before: StoredObject | undefined;
}

function metadataOf<Made extends PublishableText>(
  { claim, job }: TextPublication<Made>,
  made: Made,
  { bytes, before }: ObjectContent,
): ObjectMetadata {
  const owner = ownerOf(claim) ?? before?.metadata[METADATA.experiment];
  return {
    ...made.metadata,
    [METADATA.source]: made.source,
    [METADATA.sourceVersion]: made.sourceVersion,
    [METADATA.job]: job,
    [METADATA.version]: CONTRAIL_VERSION,
    [METADATA.sha256]: createHash('sha256').update(bytes).digest('hex'),
    ...(owner === undefined ? {} : { [METADATA.experiment]: owner }),
  };
}

async function writeObject<Made extends PublishableText>(
  store: ObjectStore,
  { name, signal }: TextPublication<Made>,
  { bytes, metadata, before }: ObjectContent & { readonly metadata: ObjectMetadata },
): Promise<StoredObject> {
  const ifGeneration = before?.generation ?? ABSENT;
  const writer = await store.write({ name, contentType: 'application/json', ifGeneration, signal });
  try {
    await writer.write(bytes);
    return await writer.commit(metadata);
  } catch (error) {
    await writer.discard();
    throw error;
  }
}
