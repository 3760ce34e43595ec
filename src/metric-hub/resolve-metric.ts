/** Resolves each listed metric (spec: metadata, section 5), and throws where the analysis would. */
import type { ContrailError } from '../domain/errors.ts';
import { checkTemplate } from './check-template.ts';
import { METRIC_PERIODS, type ListedMetric, type Metric, type MetricFields } from './configuration.ts';
import { configurationError } from './configuration-error.ts';
import { memoised } from './memo.ts';
import type { ResolutionScope } from './resolution-scope.ts';
import { type ResolvedSource, resolveDataSource, type SourceUser } from './resolve-data-source.ts';
import { dedent, titleOf } from './text.ts';
import type { TomlValue } from './toml.ts';

/** A metric as in the file. */
export interface ResolvedMetric {
  readonly name: string;
  readonly analysisBases: readonly string[];
  readonly biggerIsBetter: boolean;
  readonly description: string;
  readonly friendlyName: string;
}

type Lent = Pick<MetricFields, 'statistics' | 'analysisBases' | 'analysisUnits'>;

const ALL_BASES = ['enrollments', 'exposures'];

/** The metrics of the period lists in the order of the file: each list from its end, a name at its first place. */
export function resolveMetrics(scope: ResolutionScope): ResolvedMetric[] {
  const resolver = new MetricResolver(scope);
  const metrics = new Map<string, ResolvedMetric>();
  for (const period of METRIC_PERIODS) {
    // Resolved forwards, because the first error must be reported, and reversed afterwards.
    const resolved = scope.settings.lists[period].map((listed) => resolver.resolveListed(listed));
    for (const metric of resolved.reverse()) if (!metrics.has(metric.name)) metrics.set(metric.name, metric);
  }
  return [...metrics.values()];
}

/** Resolves the metrics of one experiment and caches the definitions that its configuration extends. */
class MetricResolver {
  readonly #scope: ResolutionScope;
  readonly #lent = new Map<string, Lent>();
  readonly #sources = new Map<string, ResolvedSource>();
  readonly #resolved = new Map<string, ResolvedMetric>();

  constructor(scope: ResolutionScope) {
    this.#scope = scope;
  }

  resolveListed({ name, file, table }: ListedMetric): ResolvedMetric {
    const text = typeof name === 'string' ? name : undefined;
    const known = text === undefined ? undefined : this.#resolved.get(text);
    if (known !== undefined) return known;
    const { settings, definitions } = this.#scope;
    const own = text === undefined ? undefined : settings.metrics.get(text);
    const base = text === undefined ? undefined : definitions.metrics.get(text);
    const definition = own ?? base;
    if (definition === undefined) throw this.#unknownMetric(name, { file, table });
    const resolved = this.#resolve(definition, []);
    this.#resolved.set(resolved.name, resolved);
    return resolved;
  }

  #resolve(metric: Metric, trail: readonly Metric[]): ResolvedMetric {
    if (trail.includes(metric)) throw metricError(metric, 'depends_on', 'it depends on itself');
    const isBase = this.#scope.definitions.metrics.get(metric.name) === metric;
    const fields = isBase ? { ...metric.fields, ...this.#lent.get(metric.name) } : metric.fields;
    const upstream = fields.dependsOn?.value ?? [];
    for (const name of upstream) this.#resolve(this.#upstreamOf(metric, name), [...trail, metric]);
    if (isComplete(fields)) this.#checkSql(metric, fields);
    else if (upstream.length === 0) return this.#resolveByBase(metric, [...trail, metric]);
    checkStatistics(metric, fields);
    return describe(metric)(unlessEmpty(fields.analysisBases)?.value ?? ALL_BASES);
  }

  /** Dependencies of a metric are looked up among the definitions first. */
  #upstreamOf(metric: Metric, name: TomlValue): Metric {
    const { settings, definitions } = this.#scope;
    const found = typeof name === 'string' ? (definitions.metrics.get(name) ?? settings.metrics.get(name)) : undefined;
    if (found !== undefined) return found;
    const place = { file: metric.fields.dependsOn?.file ?? metric.file, table: titleOfMetric(metric.name) };
    throw this.#unknownMetric(name, { ...place, key: 'depends_on' });
  }

  /** An incomplete metric only adds its statistics to the definition of its name. */
  #resolveByBase(metric: Metric, trail: readonly Metric[]): ResolvedMetric {
    const { metrics } = this.#scope.definitions;
    const base = metrics.get(metric.name);
    if (base === undefined || base === metric) {
      throw configurationError({
        file: metric.file,
        table: titleOfMetric(metric.name),
        problem:
          base === undefined
            ? `it is incomplete, and ${this.#scope.app} has no definition of it`
            : 'the definition needs a data_source with a select_expression or an aggregation, or depends_on',
        ...(base === undefined ? { unknown: { name: metric.name, known: metrics.keys() } } : {}),
      });
    }
    const { statistics, analysisBases, analysisUnits } = metric.fields;
    this.#lent.set(metric.name, {
      statistics,
      analysisBases: unlessEmpty(analysisBases) ?? base.fields.analysisBases,
      analysisUnits: unlessEmpty(analysisUnits) ?? base.fields.analysisUnits,
    });
    checkStatistics(metric, metric.fields);
    return this.#resolve(base, trail);
  }

  #checkSql(metric: Metric, fields: MetricFields): void {
    const table = titleOfMetric(metric.name);
    const { selectExpression, aggregation, dataSource } = fields;
    if (selectExpression !== undefined) {
      checkTemplate(selectExpression, this.#scope.templates, { table, key: 'select_expression' });
    } else if (aggregation?.value.calls !== undefined) {
      const call = { value: `{{ ${aggregation.value.calls}("") }}`, file: aggregation.file };
      checkTemplate(call, this.#scope.templates, { table, key: 'aggregation' });
    }
    if (dataSource === undefined) return;
    const source = this.#sourceOf({ name: dataSource, table, key: 'data_source' });
    const units = unlessEmpty(fields.analysisUnits)?.value ?? this.#scope.defaultUnits;
    const unsupported = units.find((unit) => !source.analysisUnits.includes(unit));
    if (unsupported === undefined) return;
    throw metricError(metric, 'analysis_units', `the data source ${source.name} has no analysis unit ${unsupported}`);
  }

  #sourceOf(user: SourceUser): ResolvedSource {
    const known = this.#sources.get(user.name.value);
    if (known !== undefined) return known;
    const source = resolveDataSource(user, this.#scope);
    this.#sources.set(user.name.value, source);
    return source;
  }

  #unknownMetric(name: TomlValue, place: { file: string; table: string; key?: string }): ContrailError {
    const { settings, definitions, app } = this.#scope;
    const known = [...settings.metrics.keys(), ...definitions.metrics.keys()];
    const text = typeof name === 'string' ? name : '';
    const shown = typeof name === 'string' ? JSON.stringify(name) : 'whose name is no text';
    return configurationError({
      ...place,
      problem: `unknown metric ${shown} for ${app}`,
      unknown: { name: text, known },
    });
  }
}

function isComplete({ dataSource, selectExpression, aggregation }: MetricFields): boolean {
  return dataSource !== undefined && (selectExpression !== undefined || aggregation !== undefined);
}

function checkStatistics(metric: Metric, { statistics }: MetricFields): void {
  if ((statistics?.value ?? []).length > 0) return;
  throw metricError(metric, 'statistics', 'the metric has no statistics');
}

/** The file's content for a definition with these analysis bases; all else of a definition is the same for all experiments. */
const describe = memoised(({ name, fields }: Metric) => {
  const description = dedent(fields.description?.value ?? '');
  const friendlyName = dedent(fields.friendlyName?.value ?? '') || titleOf(name);
  const biggerIsBetter = fields.biggerIsBetter?.value ?? true;
  return memoised((analysisBases: readonly string[]): ResolvedMetric => {
    return { name, analysisBases, biggerIsBetter, description, friendlyName };
  });
});

function unlessEmpty(list: MetricFields['analysisBases']): MetricFields['analysisBases'] {
  return list === undefined || list.value.length === 0 ? undefined : list;
}

function titleOfMetric(name: string): string {
  return `[metrics.${name}]`;
}

function metricError(metric: Metric, key: 'depends_on' | 'statistics' | 'analysis_units', problem: string) {
  const field = {
    depends_on: metric.fields.dependsOn,
    statistics: metric.fields.statistics,
    analysis_units: metric.fields.analysisUnits,
  }[key];
  return configurationError({ file: field?.file ?? metric.file, table: titleOfMetric(metric.name), key, problem });
}
