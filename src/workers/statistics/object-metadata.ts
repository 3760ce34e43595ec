/** What the metadata of a statistics file say (spec: statistics, section 5). */
import type { AnalysisPeriod } from '../../domain/analysis-period.ts';
import { type FoundRecord, isPrimary } from '../../domain/console-premises.ts';
import { METADATA } from '../../domain/object-metadata.ts';
import { CONTRAIL_VERSION } from '../../domain/version.ts';
import type { ObjectMetadata, StoredObject } from '../../ports/object-store.ts';
import type { OpenTable } from '../../ports/statistics-source.ts';
import { type Claim, ownerOf } from './check-owner.ts';
import { windowsText } from './windows-text.ts';
import type { WrittenFile } from './write-file.ts';

interface MetadataParts {
  readonly request: Claim & { readonly job: string; readonly period: AnalysisPeriod; readonly record: FoundRecord };
  readonly table: Pick<OpenTable, 'source' | 'version'>;
  /** Without a hash where nobody has seen all bytes of the file. */
  readonly file: Pick<WrittenFile, 'rows' | 'check'> & { readonly sha256?: string };
  /** The object that is replaced. */
  readonly before: Pick<StoredObject, 'metadata'> | undefined;
}

export function objectMetadata({ request, table, file, before }: MetadataParts): ObjectMetadata {
  // Who knows the experiment only by its table takes the file from nobody.
  const owner = ownerOf(request) ?? before?.metadata[METADATA.experiment];
  return {
    [METADATA.source]: table.source,
    [METADATA.sourceVersion]: table.version,
    [METADATA.rows]: String(file.rows),
    [METADATA.rejected]: String(file.check.rejected),
    [METADATA.dropped]: String(file.check.dropped),
    [METADATA.duplicates]: String(file.check.duplicates),
    [METADATA.windows]: windowsText(file.check.windows),
    [METADATA.bases]: file.check.bases.join(','),
    ...(request.period === 'overall' ? { [METADATA.primary]: String(isPrimary(request.record)) } : {}),
    [METADATA.job]: request.job,
    [METADATA.version]: CONTRAIL_VERSION,
    ...(file.sha256 === undefined ? {} : { [METADATA.sha256]: file.sha256 }),
    ...(owner === undefined ? {} : { [METADATA.experiment]: owner }),
  };
}
