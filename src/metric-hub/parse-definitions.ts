/** The tables that every kind of file may have: metrics, data sources, segments, parameters (spec: metadata, section 3). */
import type {
  DataSource,
  DataSourceJoin,
  ListedMetric,
  Metric,
  Named,
  Parameter,
  PeriodLists,
  Segment,
  SegmentSource,
} from './configuration.ts';
import { METRIC_PERIODS } from './configuration.ts';
import { listsOf } from './merge.ts';
import { parseAggregation } from './parse-aggregation.ts';
import type { TableReader } from './table-reader.ts';
import { isTable } from './toml.ts';

const ANALYSIS_BASES = ['enrollments', 'exposures'];
export const ANALYSIS_UNITS = ['client_id', 'profile_group_id'];
const METRIC_LEVELS = ['gold', 'silver', 'bronze'];
/** Keys of `[metrics]` that are not metrics: the lists, and two reserved names. */
const RESERVED: readonly string[] = [...METRIC_PERIODS, 'days28', 'definitions'];

/** The metrics of a table, in its order. */
export function parseMetrics(metrics: TableReader, reserved: readonly string[] = RESERVED): Named<Metric> {
  if (reserved.includes('definitions')) metrics.list('definitions');
  const names = metrics.keys().filter((name) => !reserved.includes(name));
  return new Map(names.map((name) => [name, parseMetric(name, metrics.table(name).ignoringCase())]));
}

function parseMetric(name: string, metric: TableReader): Metric {
  const { file } = metric;
  const aggregation = parseAggregation(metric);
  const level = metric.text('level');
  if (level !== undefined) metric.checkAllowed('level', level.value, METRIC_LEVELS);
  return {
    name,
    file,
    fields: {
      friendlyName: metric.text('friendly_name'),
      description: metric.text('description'),
      biggerIsBetter: metric.flag('bigger_is_better') ?? { value: true, file },
      analysisBases: metric.texts('analysis_bases', ANALYSIS_BASES),
      analysisUnits: metric.texts('analysis_units', ANALYSIS_UNITS),
      selectExpression: metric.text('select_expression'),
      aggregation: aggregation === undefined ? undefined : { value: aggregation, file },
      dataSource: metric.text('data_source'),
      statistics: metric.has('statistics') ? { value: namesOfTables(metric, 'statistics'), file } : undefined,
      dependsOn: metric.list('depends_on'),
    },
  };
}

/** Entries of a table whose values must all be tables. */
function namesOfTables(parent: TableReader, key: string): string[] {
  const table = parent.table(key);
  for (const name of table.keys()) table.table(name);
  return table.keys();
}

/** The period lists of a table: in `[metrics]`, or at the root of an outcome. */
export function parseLists(table: TableReader): PeriodLists {
  return listsOf((period) => {
    const names = table.list(period)?.value ?? [];
    const place = table.title === undefined ? period : `${table.title} ${period}`;
    return names.map((name): ListedMetric => ({ name, file: table.file, table: place }));
  });
}

export function parseDataSources(sources: TableReader): Named<DataSource> {
  return new Map(sources.keys().map((name) => [name, parseDataSource(name, sources.table(name).ignoringCase())]));
}

function parseDataSource(name: string, source: TableReader): DataSource {
  return {
    name,
    file: source.file,
    fields: {
      fromExpression: source.text('from_expression'),
      experimentsColumnType: source.text('experiments_column_type'),
      defaultDataset: source.text('default_dataset'),
      joins: source.has('joins') ? { value: parseJoins(source.table('joins')), file: source.file } : undefined,
      analysisUnits: source.texts('analysis_units', ANALYSIS_UNITS),
    },
  };
}

function parseJoins(joins: TableReader): ReadonlyMap<string, DataSourceJoin> {
  return new Map(
    joins.keys().map((name) => [name, { relationship: joins.table(name).text('relationship')?.value }] as const),
  );
}

/** `[segments]`: all its tables are segments, except `data_sources`. */
export function parseSegments(segments: TableReader): {
  readonly segments: Named<Segment>;
  readonly segmentSources: Named<SegmentSource>;
} {
  const sources = segments.table('data_sources');
  const names = segments.keys().filter((name) => name !== 'data_sources');
  return {
    segments: new Map(names.map((name) => [name, parseSegment(name, segments.table(name).ignoringCase())])),
    segmentSources: new Map(
      sources.keys().map((name) => [name, parseSegmentSource(name, sources.table(name).ignoringCase())]),
    ),
  };
}

function parseSegment(name: string, segment: TableReader): Segment {
  const dataSource = segment.requiredText('data_source');
  const selectExpression = segment.requiredText('select_expression');
  return { name, file: segment.file, fields: { dataSource, selectExpression } };
}

function parseSegmentSource(name: string, source: TableReader): SegmentSource {
  return { name, file: source.file, fields: { fromExpression: source.requiredText('from_expression') } };
}

export function parseParameters(parameters: TableReader): Named<Parameter> {
  return new Map(parameters.keys().map((name) => [name, parseParameter(name, parameters.table(name).ignoringCase())]));
}

function parseParameter(name: string, parameter: TableReader): Parameter {
  const settingOf = (key: string) => {
    const value = parameter.raw(key);
    if (value === undefined) return undefined;
    const isEmptyTable = isTable(value) && value.size === 0;
    return isEmptyTable ? undefined : { value, file: parameter.file };
  };
  return {
    name,
    file: parameter.file,
    fields: {
      value: settingOf('value'),
      default: settingOf('default'),
      isDistinctByBranch: parameter.flag('distinct_by_branch'),
    },
  };
}
