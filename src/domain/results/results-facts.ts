/** What is known of an experiment besides its statistics files: its record, its metadata file, its errors file. */
import type { AnalysisBasis } from '../trace/inputs.ts';
import type { ExperimentBranch } from './client-counts.ts';

export interface MetricText {
  readonly name: string;
  readonly description: string | null;
  /** null: unknown. */
  readonly biggerIsBetter: boolean | null;
}

export interface OutcomeText {
  readonly slug: string;
  readonly name: string;
  readonly isPrimary: boolean;
  readonly metrics: readonly string[];
}

export interface ResultsFacts {
  /** In the record's order; empty: no record. */
  readonly branches: readonly ExperimentBranch[];
  readonly referenceBranch: string | null;
  /** In the order of the metadata file. */
  readonly outcomes: readonly OutcomeText[];
  /** By the metric's name in the tables. */
  readonly metrics: ReadonlyMap<string, MetricText>;
  /** Of each metric the place of its first error, for which the console calls it unavailable (C13). */
  readonly firstErrors: ReadonlyMap<string, { readonly basis: AnalysisBasis | null; readonly segment: string | null }>;
}

/** Metrics of primary outcomes. */
export function primaryMetricsOf({ outcomes }: Pick<ResultsFacts, 'outcomes'>): ReadonlySet<string> {
  return new Set(outcomes.filter(({ isPrimary }) => isPrimary).flatMap(({ metrics }) => metrics));
}

/** A metric without metadata is called by its name in the tables. */
export function metricText(metric: string, { metrics }: Pick<ResultsFacts, 'metrics'>): MetricText {
  return metrics.get(metric) ?? { name: metric, description: null, biggerIsBetter: null };
}
