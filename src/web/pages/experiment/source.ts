/** What the page of an experiment reads. */
import type { EnrollmentCounts } from '../../../alerts/enrollment-checks.ts';
import type { Experiment } from '../../../domain/experiment.ts';
import type { IndexedFile } from '../../../domain/freshness/file-entry.ts';
import type { StateName } from '../../../domain/freshness/state-of-file.ts';
import type { Explanation } from '../../../domain/trace/explanation.ts';
import type { ErrorLogRow } from '../../../ports/experiment-logs.ts';
import type { Part } from '../../part.ts';

/** Parts are kept for a while and say how old they are; each may fail on its own. */
export interface ExperimentSource {
  find(slug: string, signal: AbortSignal): Promise<FoundExperiment>;
  /** All experiments that may be shown. */
  list(signal: AbortSignal): Promise<ExperimentNames>;
  explanation(slug: string, signal: AbortSignal): Promise<Part<Explanation>>;
  files(slug: string, signal: AbortSignal): Promise<Part<ExperimentFiles>>;
  /** The last runs of its files, newest first. */
  runs(slug: string, signal: AbortSignal): Promise<Part<readonly ExperimentRun[]>>;
  /** Error rows of the last months, newest first. */
  errors(slug: string, signal: AbortSignal): Promise<Part<readonly ErrorLogRow[]>>;
  cost(slug: string, signal: AbortSignal): Promise<Part<readonly TableCost[]>>;
  /** Undefined: the counts do not have the experiment. The time is that of the counts. */
  enrollment(slug: string, signal: AbortSignal): Promise<Part<DatedCounts | undefined>>;
}

export type FoundExperiment =
  | { readonly kind: 'listed'; readonly experiment: Experiment }
  /** The API does not list it, or its record cannot be read, but there are tables, files or log rows of it. */
  | { readonly kind: 'unlisted'; readonly slug: string; readonly problem: string }
  /** The slug was typed as in the names of tables. */
  | { readonly kind: 'alias'; readonly slug: string }
  /** Nobody knows it, or it is private. */
  | { readonly kind: 'unknown'; readonly nearest: readonly string[]; readonly problem?: string };

export interface ExperimentNames {
  /** Newest start first. */
  readonly experiments: readonly Experiment[];
  /** Why the list of the API is not whole, or older than it should be. */
  readonly problem?: string;
}

export interface ExperimentFiles {
  /** In the order of plans: statistics by period, errors, metadata. */
  readonly files: readonly FileLine[];
  /** When the states were checked; undefined: no scan has ended lately. */
  readonly checkedAt: number | undefined;
  /** As in the published metadata. */
  readonly analysisStart: string | null;
  readonly overrides: readonly Override[];
}

export interface FileLine {
  readonly file: IndexedFile;
  /** Name of the object. */
  readonly object: string;
  /** Undefined: there is none. */
  readonly published: PublishedObject | undefined;
  /** Undefined: not known. */
  readonly state: FileCondition | undefined;
}

export interface PublishedObject {
  /** Where it is, for people. */
  readonly url: string;
  readonly version: string | undefined;
  readonly rows: number | undefined;
  readonly leftOut: LeftOutRows;
  readonly bytes: number;
  readonly sha256: string | undefined;
  /** When the bytes last changed, milliseconds since 1970. */
  readonly at: number;
  /** `1-6`, `1,2,4` */
  readonly windows: string | undefined;
}

export interface LeftOutRows {
  readonly rejected: number;
  readonly dropped: number;
  readonly duplicates: number;
}

export interface FileCondition {
  readonly state: StateName | 'queued';
  readonly since?: number | undefined;
  readonly detail?: string | undefined;
  readonly needsYou: boolean;
}

/** Where metric-hub overrides the record. */
export interface Override {
  readonly what: string;
  readonly recorded: string | null;
  readonly used: string;
}

export interface ExperimentRun {
  readonly jobId: string;
  readonly queue: string;
  readonly attempt: number;
  readonly finishedAt: number;
  readonly product: string;
  readonly period: string | undefined;
  readonly outcome: string;
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly durationMs: number | undefined;
  readonly rows: number | undefined;
  readonly costUsd: number | undefined;
}

/** What the analysis paid for one table in the last 30 days, or Contrail for one product. */
export interface TableCost {
  readonly kind: 'analysis' | 'contrail';
  readonly table: string;
  readonly usd: number;
  readonly queries: number;
  readonly bytes: number;
}

export interface DatedCounts {
  readonly counts: EnrollmentCounts;
  /** When they were counted, milliseconds since 1970. */
  readonly at: number;
}
