/** Whether a statistics file is due, and why. */
import { premisesChanged } from '../domain/console-premises.ts';
import type { ContrailError } from '../domain/errors.ts';
import { METADATA, publishedVersionOrder } from '../domain/object-metadata.ts';
import { GONE, UNREADABLE } from '../domain/rerun/rebuilding.ts';
import { statisticsObjectName } from '../domain/statistics-name.ts';
import { ABSENT, type ObjectMetadata, type StoredObject } from '../ports/object-store.ts';
import type { SourceTable } from '../ports/statistics-source.ts';
import { type Completeness, goneSource, type LackingSource, wantedNote } from './lacking-sources.ts';
import type { DueStatistics, RefusedStatistics, SkippedStatistics, StatisticsTarget } from './statistics-plan.ts';

/** A file with what is there: its source, or why that cannot be read, and the published object. */
export interface FoundFile {
  readonly target: StatisticsTarget;
  readonly object: StoredObject | undefined;
  readonly table: SourceTable | undefined;
  readonly error: ContrailError | undefined;
}

export interface Circumstances {
  /** All published objects by name. */
  readonly objects: ReadonlyMap<string, StoredObject>;
  readonly completeness: Completeness;
  /** A rolling holdback: reruns delete its tables for good. */
  readonly isRolling: boolean;
  /** A person wants the file as its source is now. */
  readonly force: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export type Decision =
  | { readonly kind: 'due'; readonly file: DueStatistics }
  | { readonly kind: 'skipped'; readonly file: SkippedStatistics }
  | { readonly kind: 'refused'; readonly file: RefusedStatistics };

export function decideStatistics(found: FoundFile, circumstances: Circumstances): Decision {
  const { target, object, table, error } = found;
  const { completeness, isRolling, force, now } = circumstances;
  if (completeness.kind === 'rebuilding' && !(force && table !== undefined)) {
    const reason = `rebuilding: ${completeness.windows ?? ''}`;
    return lacking(found, { reason, source: completeness, version: table?.version ?? UNREADABLE }, now);
  }
  if (table !== undefined) return decideReadable(found, table, circumstances);
  if (error === undefined || error.code === 'SOURCE_GONE') {
    const source = { ...goneSource(object, now), ...(isRolling ? { isForGood: true as const } : {}) };
    return lacking(found, { reason: 'source gone', source, version: GONE }, now);
  }
  return {
    kind: 'refused',
    file: { ...target, error, hasFile: object !== undefined, found: { source: undefined, object } },
  };
}

function lacking(
  { target, object, table }: FoundFile,
  { reason, source, version }: { readonly reason: string; readonly source: LackingSource; readonly version: string },
  now: number,
): Decision {
  const note = wantedNote(object, version, now);
  return {
    kind: 'skipped',
    file: {
      ...target,
      reason,
      lacking: source,
      found: { source: table?.version, object },
      ...(note === undefined ? {} : { note }),
    },
  };
}

function decideReadable(
  { target, object }: FoundFile,
  table: SourceTable,
  { objects, completeness, force, now }: Circumstances,
): Decision {
  const hasNewPremises = object !== undefined && hasOtherPremises(target, object, objects);
  const isSettled = completeness.kind === 'settled';
  const order = publishedVersionOrder(object?.metadata, table.version);
  const found = { source: table.version, object };
  if (!force && !isSettled) {
    const note = wantedNote(object, undefined, now);
    const skipped = (reason: string): Decision => ({
      kind: 'skipped',
      file: { ...target, reason, found, ...(note === undefined ? {} : { note }) },
    });
    if (!hasNewPremises && order === 'same') return skipped('current');
    // An export would change nothing, and every scan would enqueue it again.
    if (order === 'newer') return skipped('newer than the source');
  }
  return {
    kind: 'due',
    file: {
      ...target,
      reason: force ? 'forced' : object === undefined ? 'new' : 'changed',
      sourceVersion: table.version,
      hasNewPremises,
      isSettled,
      seen: { generation: object?.generation ?? ABSENT, metadata: neededMetadata(object) },
      rows: table.rows,
      bytes: table.bytes,
      found,
    },
  };
}

function hasOtherPremises(
  target: StatisticsTarget,
  { metadata }: StoredObject,
  objects: ReadonlyMap<string, StoredObject>,
): boolean {
  return premisesChanged(
    target,
    metadata,
    (period) => objects.get(statisticsObjectName(target.experiment, period))?.metadata,
  );
}

function neededMetadata(object: StoredObject | undefined): ObjectMetadata {
  const needed = [METADATA.sourceVersion, METADATA.sha256, METADATA.experiment, METADATA.windows, METADATA.held];
  return Object.fromEntries(
    needed.flatMap((key) => {
      const value = object?.metadata[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
}
