/** Two slugs can share a file name; the second one must not overwrite the first one's file (spec: statistics, section 1). */
import { ContrailError } from '../../domain/errors.ts';
import { type Claim, ownerOf } from '../../domain/file-claim.ts';
import { METADATA } from '../../domain/object-metadata.ts';
import type { StoredObject } from '../../ports/object-store.ts';

/** Throws SLUG_CONFLICT when the object belongs to another experiment. */
export function checkOwner(
  name: string,
  object: Pick<StoredObject, 'metadata'> | undefined,
  claim: Claim | undefined,
): void {
  const published = object?.metadata[METADATA.experiment];
  const owner = claim === undefined ? undefined : ownerOf(claim);
  if (published === undefined || owner === undefined || published === owner) return;
  throw new ContrailError(
    'SLUG_CONFLICT',
    `The experiments ${published} and ${owner} would share the file ${name}, which was published for ${published}.`,
    { subject: name, hint: 'Rename one of them in Experimenter; the published file stays as it is.' },
  );
}
