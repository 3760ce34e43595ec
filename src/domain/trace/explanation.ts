/** Where the results of an experiment were lost: the answer of `contrail why` and of its page. */
import type { AnalysisPeriod } from '../analysis-period.ts';
import type { ContrailError } from '../errors.ts';
import type { TraceCell } from './cell.ts';
import type { FailedExports, RebuildingPeriods } from './reason-text.ts';

export interface Explanation {
  readonly experiment: string;
  /** The expected results of the selection, in the order of the trace. */
  readonly cells: readonly TraceCell[];
  /** Files that are missing or old because their export failed. */
  readonly failedExports: FailedExports;
  /** Periods whose tables a rerun is bringing back. */
  readonly rebuilding: RebuildingPeriods;
  /** What could not be looked at. Periods that could not be are not among the cells. */
  readonly problems: readonly ContrailError[];
  /** What limits the answer, though everything could be read. */
  readonly warnings: readonly string[];
  /** Why no trace was made at all, and what there is of the experiment. */
  readonly untraced?: { readonly error: ContrailError; readonly found: readonly FoundPeriod[] };
}

/** Tables and file of a period with at least one of them. */
export interface FoundPeriod {
  readonly period: AnalysisPeriod;
  readonly tables: number;
  /** Where the published file is; undefined if there is none. */
  readonly file: string | undefined;
}

export interface WhyRequest {
  readonly slug: string;
  /** Only this period. */
  readonly period?: AnalysisPeriod;
  /** Only this metric. */
  readonly metric?: string;
}
