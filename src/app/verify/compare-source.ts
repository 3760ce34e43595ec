/** Compares a published file with its owner and its source, from the listings alone. */
import { METADATA, publishedVersionOrder } from '../../domain/object-metadata.ts';
import { normaliseSlug, quote } from '../../domain/slug.ts';
import { timeOfVersion } from '../../domain/source-version.ts';
import { statisticsTableName } from '../../domain/statistics-name.ts';
import type { ObjectMetadata } from '../../ports/object-store.ts';
import type { ProductFile } from '../../producer/product-plan.ts';
import { type Fault, fault } from './faults.ts';
import type { PublishedFile, Source } from './inventory.ts';

export interface Comparison {
  readonly faults: readonly Fault[];
  /** The source has changed, and publishing it is not late yet. */
  readonly isBehind: boolean;
}

export interface Lag {
  readonly now: number;
  /** How long publishing may take after a change of the source. */
  readonly lagMs: number;
}

export function compareWithSource({ object, file, source, isKnown }: PublishedFile, lag: Lag): Comparison {
  if (file === undefined)
    return found([fault('name', `${quote(object.name)} is not the name of any file of Contrail.`)]);
  if (isKnown === false) {
    return found([
      fault('experiment', `No experiment ${quote(file.experiment)} is known to the experiments API or the warehouse.`),
    ]);
  }
  if (object.metadata[METADATA.sourceVersion] === undefined) {
    return found([fault('foreign', 'It was not published by Contrail, or was changed since.')]);
  }
  const { faults, isBehind } = source === undefined ? found([]) : versionFaults(object.metadata, source, { file, lag });
  return {
    faults: [...ownerFaults(object.metadata, file, source), ...sourceFaults(object.metadata, file), ...faults],
    isBehind,
  };
}

function found(faults: readonly Fault[]): Comparison {
  return { faults, isBehind: false };
}

/** A slug that is only known in its normal form, from a table's name, may be that of the owner. */
function ownerFaults(metadata: ObjectMetadata, { experiment }: ProductFile, source: Source | undefined): Fault[] {
  const owner = metadata[METADATA.experiment];
  const isNormal =
    source?.isOwner !== true && owner !== undefined && normaliseSlug(owner) === normaliseSlug(experiment);
  const isOwn = owner === undefined || owner === experiment || isNormal;
  if (isOwn) return [];
  return [fault('owner', `It was published for the experiment ${quote(owner)}, not for ${quote(experiment)}.`)];
}

/** Whether a statistics file was made from the table of its own name. */
function sourceFaults(metadata: ObjectMetadata, { product, experiment, period }: ProductFile): Fault[] {
  const source = metadata[METADATA.source];
  if (product !== 'statistics' || period === undefined || source === undefined) return [];
  const table = statisticsTableName(experiment, period);
  if (source === table || source.endsWith(`.${table}`)) return [];
  return [fault('source', `It was made from ${quote(source)}, not from ${table}.`)];
}

interface Circumstances {
  readonly file: ProductFile;
  readonly lag: Lag;
}

function versionFaults(metadata: ObjectMetadata, source: Source, { file, lag }: Circumstances): Comparison {
  const published = metadata[METADATA.sourceVersion] ?? '';
  switch (publishedVersionOrder(metadata, source.version)) {
    case undefined:
    case 'same':
      return found(rowFaults(metadata, source));
    case 'newer':
      return found([
        fault('newer', `It was made from version ${quote(published)}, and the source has the older ${source.version}.`),
      ]);
    case 'older':
    case 'other': {
      if (isRecent(source, file, lag)) return { faults: [], isBehind: true };
      return found([
        fault('version', `It was made from version ${quote(published)}, and the source has ${source.version}.`),
      ]);
    }
  }
}

/** Log rows and configuration change at any time, and their versions do not tell when. */
function isRecent({ version }: Source, { product }: ProductFile, { now, lagMs }: Lag): boolean {
  if (product !== 'statistics') return true;
  const changedAt = timeOfVersion(version);
  return changedAt !== undefined && now - changedAt <= lagMs;
}

/** Each row of the source is in the file or counted among those left out. */
function rowFaults(metadata: ObjectMetadata, { rows }: Source): Fault[] {
  if (rows === undefined || metadata[METADATA.rows] === undefined) return [];
  const counted = [METADATA.rows, METADATA.rejected, METADATA.dropped, METADATA.duplicates].reduce(
    (sum, key) => sum + Number(metadata[key] ?? 0),
    0,
  );
  if (counted === rows) return [];
  return [fault('rows', `Its metadata account for ${counted} rows, and the source has ${rows}.`)];
}
