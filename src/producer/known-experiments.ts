/**
 * Which experiments there are: those of the experiments API, and those that only tables or log rows tell of, under
 * their normalised names (design, section 4).
 */
import type { ExperimentList } from '../domain/experiment.ts';
import { ANALYSIS_PERIODS, type AnalysisPeriod } from '../domain/analysis-period.ts';
import { ContrailError, toContrailError } from '../domain/errors.ts';
import { nearestNames } from '../domain/nearest-name.ts';
import { normaliseSlug, quote } from '../domain/slug.ts';
import { parseStatisticsTableName, statisticsTableName } from '../domain/statistics-name.ts';
import type { ExperimentsApi } from '../ports/experiments-api.ts';
import type { RecordSink } from '../ports/record-sink.ts';
import type { StatisticsSource } from '../ports/statistics-source.ts';

export interface ExperimentSources {
  readonly api: ExperimentsApi;
  readonly source: StatisticsSource;
  readonly sink: RecordSink;
}

/**
 * Why an experiment has no results of a period, as the error to show: EXPERIMENT_UNKNOWN with the nearest known slugs,
 * or RESULTS_MISSING with the periods that do have results. Sources that cannot be reached are left aside.
 */
export async function explainMissingResults(
  sources: ExperimentSources,
  wanted: { readonly experiment: string; readonly period: AnalysisPeriod },
  signal: AbortSignal,
): Promise<ContrailError> {
  const { experiment, period } = wanted;
  const tables = await sources.source.listTables(signal);
  const periods = ANALYSIS_PERIODS.filter((candidate) => tables.includes(statisticsTableName(experiment, candidate)));
  const table = statisticsTableName(experiment, period);
  if (periods.length > 0) {
    return new ContrailError('RESULTS_MISSING', `There are no results for ${experiment} ${period}.`, {
      subject: table,
      hint: `There are results for ${periods.join(', ')}.`,
    });
  }
  const known = await knownSlugs(sources, tables, signal);
  const prefix = `statistics_${normaliseSlug(experiment)}_`;
  if (known.includes(experiment) || tables.some((name) => name.startsWith(prefix))) {
    return new ContrailError('RESULTS_MISSING', `There are no results for ${experiment} ${period}.`, {
      subject: table,
      hint: `${sources.source.url} has neither a view nor a table ${table}.`,
    });
  }
  return unknownExperiment(experiment, known);
}

/** EXPERIMENT_UNKNOWN with the nearest known slugs. */
export function unknownExperiment(experiment: string, known: readonly string[]): ContrailError {
  const bySpelling = new Map(known.map((slug) => [normaliseSlug(slug), slug]));
  const nearest = nearestNames(normaliseSlug(experiment), bySpelling.keys()).map(
    (name) => bySpelling.get(name) ?? name,
  );
  const hint =
    nearest.length === 0
      ? 'Neither the experiments API nor the warehouse knows it.'
      : `Did you mean ${nearest.join(' or ')}?`;
  return new ContrailError('EXPERIMENT_UNKNOWN', `There is no experiment ${quote(experiment)}.`, { hint });
}

async function knownSlugs(
  sources: ExperimentSources,
  tables: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const [listed, logged] = await Promise.all([
    sources.api.list(signal).then(
      (list) => list.experiments.map((experiment) => experiment.slug),
      () => [],
    ),
    sources.sink.loggedExperiments(signal).catch(() => []),
  ]);
  const fromTables = tables.flatMap((name) => parseStatisticsTableName(name)?.slug ?? []);
  return distinctSlugs(listed, fromTables, logged);
}

/** Each experiment under one name: its slug where the API or a log row has it, else what its tables tell. */
export function distinctSlugs(
  listed: readonly string[],
  fromTables: readonly string[],
  logged: readonly string[],
): string[] {
  const normalised = new Set([...listed, ...logged].map(normaliseSlug));
  return [...new Set([...listed, ...logged, ...fromTables.filter((slug) => !normalised.has(slug))])];
}

/** The list of the API, or none and the reason: what tables tell is then all there is. */
export async function listExperiments(
  api: ExperimentsApi,
  signal: AbortSignal,
): Promise<ExperimentList & { readonly unlisted?: ContrailError }> {
  try {
    return await api.list(signal);
  } catch (error) {
    signal.throwIfAborted();
    return { experiments: [], malformed: [], unlisted: toContrailError(error) };
  }
}
