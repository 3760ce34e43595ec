/** What the trace of an experiment is made from (spec: today, section 4). */
import type { AnalysisPeriod } from '../analysis-period.ts';
import type { ConsoleRules } from '../console-rules.ts';
import type { CategorisedColumns } from '../error-category.ts';
import type { SourceVersion } from '../source-version.ts';
import type { FileCells } from './file-cells.ts';
import type { TableCells } from './table-cells.ts';

export const ANALYSIS_BASES = ['enrollments', 'exposures'] as const;
export type AnalysisBasis = (typeof ANALYSIS_BASES)[number];

/** The fields of the experiment's record that the trace uses; dates are `YYYY-MM-DD`. */
export interface TracedExperiment {
  readonly slug: string;
  readonly startDate: string | null;
  readonly endDate: string | null;
  readonly enrollmentEndDate: string | null;
  /** In the record's order. */
  readonly branches: readonly string[];
  readonly referenceBranch: string | null;
  /** Without `all`. */
  readonly segments: readonly string[];
  readonly isRollout: boolean;
  readonly isHoldback: boolean;
  readonly doRerun: boolean;
}

/** What metric-hub sets for the experiment; absent or 0: not set. */
export interface TraceSettings {
  readonly startDate?: string;
  readonly endDate?: string;
  /** In days. */
  readonly enrollmentPeriod?: number;
  readonly skip?: boolean;
}

export interface TracedMetric {
  readonly name: string;
  readonly bases: readonly AnalysisBasis[];
}

/** A per-window table of the experiment. */
export interface WindowTable {
  readonly period: AnalysisPeriod;
  readonly window: number;
  readonly version: SourceVersion;
  readonly cells: TableCells;
}

/** A published statistics file. */
export interface PublishedFile {
  /** null: it was made by another program, and counts as older than any table. */
  readonly version: SourceVersion | null;
  /** The source has other content by now, in a warehouse whose versions are no times. */
  readonly isOutdated?: boolean;
  readonly cells: FileCells;
}

/** A row of the log table. */
export interface TracedLog extends CategorisedColumns {
  /** ISO text. */
  readonly timestamp: string;
  readonly source: string | null;
  readonly metric: string | null;
  readonly analysis_basis: string | null;
  readonly segment: string | null;
  readonly analysis_period: string | null;
}

export interface TraceInputs {
  readonly experiment: TracedExperiment;
  readonly settings: TraceSettings;
  /** The metrics of each period in the order of the resolved configuration; periods without metrics may be absent. */
  readonly metrics: ReadonlyMap<AnalysisPeriod, readonly TracedMetric[]>;
  /** Metrics of the experiment's primary outcomes. */
  readonly primaryMetrics: ReadonlySet<string>;
  readonly tables: readonly WindowTable[];
  readonly files: ReadonlyMap<AnalysisPeriod, PublishedFile>;
  readonly logs: readonly TracedLog[];
  /** As published in the metadata file: ISO text; null: none. */
  readonly analysisStart: string | null;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly rules: ConsoleRules;
}
