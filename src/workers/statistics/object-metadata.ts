/** What the metadata of a statistics file say (spec: statistics, section 5). */
import { METADATA } from '../../domain/object-metadata.ts';
import { CONTRAIL_VERSION } from '../../domain/version.ts';
import type { ObjectMetadata } from '../../ports/object-store.ts';
import type { OpenTable } from '../../ports/statistics-source.ts';
import { type Claim, ownerOf } from './check-owner.ts';
import type { WrittenFile } from './write-file.ts';

interface MetadataParts {
  readonly request: Claim & { readonly job: string };
  readonly table: OpenTable;
  readonly file: WrittenFile;
}

export function objectMetadata({ request, table, file }: MetadataParts): ObjectMetadata {
  const owner = ownerOf(request);
  return {
    [METADATA.source]: table.source,
    [METADATA.sourceVersion]: table.version,
    [METADATA.rows]: String(file.rows),
    [METADATA.rejected]: String(file.check.rejected),
    [METADATA.duplicates]: String(file.check.duplicates),
    [METADATA.job]: request.job,
    [METADATA.version]: CONTRAIL_VERSION,
    [METADATA.sha256]: file.sha256,
    ...(owner === undefined ? {} : { [METADATA.experiment]: owner }),
  };
}
