/** Two slugs can share a file name; the later one must not overwrite the other's file (spec: statistics, section 1). */
import { ContrailError } from '../../domain/errors.ts';
import { METADATA } from '../../domain/object-metadata.ts';
import { normaliseSlug } from '../../domain/slug.ts';
import type { StoredObject } from '../../ports/object-store.ts';

export interface Claim {
  readonly experiment: string;
  readonly knownBy: 'api' | 'tables';
}

/**
 * The slug to write into the object as its owner. A slug known only from a table's name, which is a normal form, owns
 * nothing: the experiment's real slug may be another.
 */
export function ownerOf(claim: Claim): string | undefined {
  const isOnlyAName = claim.knownBy === 'tables' && normaliseSlug(claim.experiment) === claim.experiment;
  return isOnlyAName ? undefined : claim.experiment;
}

/** Throws SLUG_CONFLICT when the object belongs to another experiment. */
export function checkOwner(name: string, object: Pick<StoredObject, 'metadata'> | undefined, claim: Claim): void {
  const published = object?.metadata[METADATA.experiment];
  const owner = ownerOf(claim);
  if (published === undefined || owner === undefined || published === owner) return;
  throw new ContrailError(
    'SLUG_CONFLICT',
    `The experiments ${published} and ${owner} would share the file ${name}, which was published for ${published}.`,
    { subject: name, hint: 'Rename one of them in Experimenter; the published file stays as it is.' },
  );
}
