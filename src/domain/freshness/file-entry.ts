/** What is known of one file: its source, the published object, and why the two differ. Times in milliseconds since 1970. */
import type { AnalysisPeriod } from '../analysis-period.ts';
import type { SourceVersion } from '../source-version.ts';

export interface IndexedFile {
  readonly product: 'statistics' | 'errors' | 'metadata';
  readonly experiment: string;
  /** Only of statistics. */
  readonly period?: AnalysisPeriod | undefined;
}

/** A version of the source, when it changed if that is known, and when planning first saw it. */
export interface SeenSource {
  readonly version: SourceVersion;
  readonly changedAt?: number | undefined;
  readonly seenAt: number;
}

/** The published object. */
export interface PublishedFile {
  readonly version: SourceVersion;
  /** Undefined: not known, since an export found the bytes unchanged. */
  readonly generation?: string | undefined;
  /** When the bytes last changed. */
  readonly at: number;
  readonly rows?: number | undefined;
  /** Rows that were left out. */
  readonly leftOut?: number | undefined;
  readonly bytes?: number | undefined;
  readonly windows?: string | undefined;
}

/** The source lacks tables, as during a rerun of the analysis. */
export interface LackingTables {
  readonly kind: 'gone' | 'rebuilding';
  readonly since?: number | undefined;
  /** What is back: `weeks 1, 2, 4 of 6`. */
  readonly windows?: string | undefined;
  /** The analysis never brings the tables back, as for a rolling holdback. */
  readonly isForGood?: boolean | undefined;
}

/** The last failure for good, and the version of the source that was to be published. */
export interface FinalFailure {
  readonly version: SourceVersion;
  readonly code: string;
  readonly sentence: string;
  readonly attempts: number;
  readonly at: number;
}

export interface FileEntry {
  readonly file: IndexedFile;
  readonly application?: string | undefined;
  /** The pass that found the source as it is here. */
  readonly pass: number;
  readonly source?: SeenSource | undefined;
  readonly published?: PublishedFile | undefined;
  /** The first version newer than the published one, kept until it is published: a source that changes hourly is late all the same. */
  readonly newer?: SeenSource | undefined;
  readonly failure?: FinalFailure | undefined;
  readonly lacking?: LackingTables | undefined;
  /** Why there is nothing to publish, if not for lack of results. */
  readonly reason?: string | undefined;
  /** Since when a source should be there, if there is none. */
  readonly expectedSince?: number | undefined;
  /** Why no job can make the file. */
  readonly refusal?: { readonly code: string; readonly sentence: string } | undefined;
}
