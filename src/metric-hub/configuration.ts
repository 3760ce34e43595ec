/**
 * The configuration of metric-hub that metadata files depend on (spec: metadata, section 3). Every value knows its file,
 * so that errors can name it after merging. All experiments share these objects, so they never change.
 */
import type { ReadAggregation } from './parse-aggregation.ts';
import type { Sourced } from './sourced.ts';
import type { TomlValue } from './toml.ts';

type Setting<Value> = Sourced<Value> | undefined;

/** A definition with its name, from one file or several merged ones. */
export interface Definition<Fields> {
  readonly name: string;
  /** The first file that defined it. */
  readonly file: string;
  readonly fields: Fields;
}

// Type aliases, not interfaces: `merge.ts` iterates over their fields.
export type MetricFields = {
  readonly friendlyName: Setting<string>;
  readonly description: Setting<string>;
  /** Always set: absent means true, and merges as true. */
  readonly biggerIsBetter: Setting<boolean>;
  readonly analysisBases: Setting<readonly string[]>;
  readonly analysisUnits: Setting<readonly string[]>;
  readonly selectExpression: Setting<string>;
  readonly aggregation: Setting<ReadAggregation>;
  readonly dataSource: Setting<string>;
  /** Names of the statistics. */
  readonly statistics: Setting<readonly string[]>;
  readonly dependsOn: Setting<readonly TomlValue[]>;
};
export type Metric = Definition<MetricFields>;

export type DataSourceFields = {
  readonly fromExpression: Setting<string>;
  readonly experimentsColumnType: Setting<string>;
  readonly defaultDataset: Setting<string>;
  readonly joins: Setting<ReadonlyMap<string, DataSourceJoin>>;
  readonly analysisUnits: Setting<readonly string[]>;
};
export type DataSource = Definition<DataSourceFields>;

export interface DataSourceJoin {
  readonly relationship: string | undefined;
}

export type SegmentFields = { readonly dataSource: Sourced<string>; readonly selectExpression: Sourced<string> };
export type Segment = Definition<SegmentFields>;

export type SegmentSourceFields = { readonly fromExpression: Sourced<string> };
export type SegmentSource = Definition<SegmentSourceFields>;

export type ParameterFields = {
  readonly value: Setting<TomlValue>;
  readonly default: Setting<TomlValue>;
  readonly isDistinctByBranch: Setting<boolean>;
};
export type Parameter = Definition<ParameterFields>;

/** The fields of `[experiment]`. */
export type ExperimentFields = {
  readonly referenceBranch: Setting<string>;
  readonly startDate: Setting<string>;
  readonly endDate: Setting<string>;
  readonly enrollmentPeriod: Setting<number>;
  readonly enrollmentQuery: Setting<string>;
  readonly skip: Setting<boolean>;
  readonly isPrivate: Setting<boolean>;
  readonly outcomes: Setting<readonly string[]>;
  readonly segments: Setting<readonly TomlValue[]>;
  /** Data source of the exposure signal. */
  readonly exposureDataSource: Setting<string>;
};

export type Named<Thing> = ReadonlyMap<string, Thing>;

/** In the order in which the file's metrics are joined. */
export const METRIC_PERIODS = [
  'daily',
  'weekly',
  '28_day',
  'overall',
  'preenrollment_weekly',
  'preenrollment_days28',
] as const;
export type MetricPeriod = (typeof METRIC_PERIODS)[number];

/** A name in a period list, and its place. */
export interface ListedMetric {
  readonly name: TomlValue;
  readonly file: string;
  /** `[metrics] weekly`, for messages. */
  readonly table: string;
}

export type PeriodLists = Readonly<Record<MetricPeriod, readonly ListedMetric[]>>;

/** The definition files of one application. */
export interface Definitions {
  readonly metrics: Named<Metric>;
  readonly dataSources: Named<DataSource>;
  readonly segments: Named<Segment>;
  readonly segmentSources: Named<SegmentSource>;
}

/** A defaults file, an experiment's file, or several merged files. */
export interface Settings extends Definitions {
  readonly lists: PeriodLists;
  readonly parameters: Named<Parameter>;
  readonly experiment: ExperimentFields;
}

export interface Outcome {
  readonly slug: string;
  readonly file: string;
  readonly friendlyName: string;
  readonly description: string;
  readonly defaultMetrics: readonly string[];
  readonly metrics: Named<Metric>;
  readonly dataSources: Named<DataSource>;
  readonly parameters: Named<Parameter>;
  readonly lists: PeriodLists;
}
