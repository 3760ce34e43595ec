/** The metadata of a published object (spec: statistics, section 5). */
import { ownerOf, type Claim } from '../../domain/file-claim.ts';
import { METADATA } from '../../domain/object-metadata.ts';
import { CONTRAIL_VERSION } from '../../domain/version.ts';
import type { ObjectMetadata } from '../../ports/object-store.ts';
import type { Content } from './content.ts';
import type { ReadyBody } from './ready-body.ts';
import type { SeenObject } from './seen-object.ts';

interface MetadataParts {
  readonly publication: { readonly claim?: Claim; readonly job: string };
  readonly content: Content;
  readonly ready: Pick<ReadyBody, 'facts' | 'sha256'>;
  /** The object to be replaced. */
  readonly before: SeenObject | undefined;
}

export function objectMetadata({ publication, content, ready, before }: MetadataParts): ObjectMetadata {
  // A slug that is only known from a table's name does not change the owner.
  const { claim } = publication;
  const owner = (claim === undefined ? undefined : ownerOf(claim)) ?? before?.metadata[METADATA.experiment];
  return {
    ...content.metadata,
    [METADATA.source]: content.source,
    [METADATA.sourceVersion]: content.sourceVersion,
    ...ready.facts.metadata,
    [METADATA.job]: publication.job,
    [METADATA.version]: CONTRAIL_VERSION,
    ...(ready.sha256 === undefined ? {} : { [METADATA.sha256]: ready.sha256 }),
    ...(owner === undefined ? {} : { [METADATA.experiment]: owner }),
  };
}
