/** A cell of the trace, and where it was lost (spec: today, section 4). */
import type { AnalysisPeriod } from '../analysis-period.ts';
import type { AnalysisBasis } from './inputs.ts';
import type { RefusedField } from './refused-field.ts';

/** In the order in which a cell passes them. */
export const TRACE_STEPS = ['due', 'computed', 'published', 'shown'] as const;
export type TraceStep = (typeof TRACE_STEPS)[number];

/** Categories of log rows that explain missing results. */
export const FAILURE_CATEGORIES = ['jetstream_failure', 'data', 'configuration', 'resources'] as const;
export type FailureCategory = (typeof FAILURE_CATEGORIES)[number];

/** What is expected: one metric in one period, basis and segment. */
export interface CellKey {
  readonly period: AnalysisPeriod;
  readonly metric: string;
  readonly basis: AnalysisBasis;
  readonly segment: string;
}

/** Where the console shows a cell: on the first cards, or only in another period. */
export type CellView = 'card' | 'detail';

export type NotDueReason =
  'skipped' | 'rollout' | 'no_start' | 'rerun_only' | 'end_moves' | 'enrollment_open' | 'window_too_short';

export type DueLoss =
  | { readonly lost: 'due'; readonly reason: NotDueReason }
  /** `due`: when the first window should be there; null if that depends on an end that is not known. */
  | { readonly lost: 'due'; readonly reason: 'not_yet'; readonly due: string | null };

export type ComputedLoss =
  | {
      readonly lost: 'computed';
      readonly reason: 'source_gone' | 'window_missing' | 'no_clients' | 'unexplained';
    }
  | {
      readonly lost: 'computed';
      readonly reason: `failed:${FailureCategory}`;
      readonly exception_type: string | null;
      readonly message: string | null;
    };

export interface PublishedLoss {
  readonly lost: 'published';
  readonly reason: 'no_file' | 'file_stale' | `refused:${RefusedField}` | 'unexplained';
}

export type ShownLoss =
  | { readonly lost: 'shown'; readonly reason: 'period_not_read' | 'retention_window' }
  /** `statistics`: those that the file has, ascending. */
  | { readonly lost: 'shown'; readonly reason: 'statistic_not_drawn'; readonly statistics: readonly string[] }
  | {
      readonly view: CellView;
      readonly lost: 'shown';
      readonly reason: 'error_first';
      readonly exception_type: string;
    }
  | { readonly view: CellView; readonly lost: 'shown'; readonly reason: 'bounds'; readonly branch: string };

export interface NotLost {
  readonly view: CellView;
  readonly lost: null;
}

export type CellFate = DueLoss | ComputedLoss | PublishedLoss | ShownLoss | NotLost;

/** `window`: the newest one that is due or has a table; null if there is none. */
export type TraceCell = CellKey & { readonly window: number | null } & CellFate;
