/** The plan of statistics files. */
import type { AbsentStatistics } from './absent-files.ts';
import type { AnalysisPeriod } from '../domain/analysis-period.ts';
import type { FoundRecord } from '../domain/console-premises.ts';
import type { ContrailError } from '../domain/errors.ts';
import type { KnownBy } from '../domain/file-claim.ts';
import type { SourceVersion } from '../domain/source-version.ts';
import type { Generation, ObjectMetadata } from '../ports/object-store.ts';
import type { LackingSource, WantedNote } from './lacking-sources.ts';
import type { FoundVersions } from './product-plan.ts';

/** One file: experiment, period, and the view or table with its rows. */
export interface StatisticsTarget {
  readonly experiment: string;
  readonly period: AnalysisPeriod;
  readonly knownBy: KnownBy;
  /** The record of the experiments API; undefined if it has none. */
  readonly record: FoundRecord;
  readonly table: string;
}

export interface DueStatistics extends StatisticsTarget {
  readonly reason: 'new' | 'changed' | 'forced';
  /** The file has this version, but its record or earlier files have changed. */
  readonly hasNewPremises: boolean;
  /** Windows of the published file are lost for good. */
  readonly isSettled: boolean;
  readonly sourceVersion: SourceVersion;
  /** The published object, with the metadata that an export needs. */
  readonly seen: { readonly generation: Generation; readonly metadata: ObjectMetadata };
  /** Rows and bytes of the source, if known. */
  readonly rows: number | undefined;
  readonly bytes: number | undefined;
  readonly found: FoundVersions;
}

export interface SkippedStatistics extends StatisticsTarget {
  readonly reason: string;
  /** Why the file cannot be made at present. */
  readonly lacking?: LackingSource;
  /** What is to be noted at the object. */
  readonly note?: WantedNote;
  readonly found: FoundVersions;
}

export interface RefusedStatistics extends StatisticsTarget {
  readonly error: ContrailError;
  /** Whether an earlier file is published, if known. */
  readonly hasFile?: boolean;
  readonly found?: FoundVersions;
}

export interface StatisticsPlan {
  readonly due: readonly DueStatistics[];
  readonly skipped: readonly SkippedStatistics[];
  /** Files that no retry can produce: name conflicts, failing views. */
  readonly refused: readonly RefusedStatistics[];
  /** Files without a source. */
  readonly absent: readonly AbsentStatistics[];
  /** Problems of sources: an API that did not answer, records that cannot be read. */
  readonly problems: readonly ContrailError[];
}
