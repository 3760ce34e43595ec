/** Which experiments there are: those of the experiments API, and those known only from tables (by normalised name) or log rows. */
import type { Experiment, ExperimentList } from '../domain/experiment.ts';
import { ANALYSIS_PERIODS, type AnalysisPeriod } from '../domain/analysis-period.ts';
import { ContrailError, toContrailError } from '../domain/errors.ts';
import { nearestNames } from '../domain/nearest-name.ts';
import { normaliseSlug, quote } from '../domain/slug.ts';
import { statisticsTableName } from '../domain/statistics-name.ts';
import { assignTables, mayBelong, mayName, type OwnableTable } from '../domain/table-owners.ts';
import type { ExperimentsApi } from '../ports/experiments-api.ts';
import type { RecordSink } from '../ports/record-sink.ts';
import type { StatisticsSource } from '../ports/statistics-source.ts';

export interface ExperimentSources {
  readonly api: ExperimentsApi;
  readonly source: StatisticsSource;
  readonly sink: RecordSink;
}

/**
 * The error for an experiment without results of a period: EXPERIMENT_UNKNOWN with the nearest slugs, or RESULTS_MISSING
 * with the periods that have results. Ignores sources that cannot be reached.
 */
export async function explainMissingResults(
  sources: ExperimentSources,
  wanted: { readonly experiment: string; readonly period: AnalysisPeriod },
  signal: AbortSignal,
): Promise<ContrailError> {
  const { experiment, period } = wanted;
  const tables = await sources.source.listTables(signal);
  const { listed, logged } = await slugsOf(sources, signal);
  const owned = assignTables(tables, [...listed, experiment]).periods.filter(
    // The slug may be typed as tables write it.
    (table) => mayBelong(table, experiment) || normaliseSlug(table.slug) === experiment,
  );
  const periods = ANALYSIS_PERIODS.filter((candidate) => owned.some((table) => table.period === candidate));
  const table = statisticsTableName(experiment, period);
  if (periods.length > 0) {
    return new ContrailError('RESULTS_MISSING', `${experiment} has no ${period} results.`, {
      subject: table,
      hint: `It has results for ${periods.join(', ')}.`,
    });
  }
  const known = distinctSlugs(listed, slugsOfTables(tables, listed), logged);
  if (known.includes(experiment) || tables.some(({ name }) => mayName(name, experiment))) {
    return new ContrailError('RESULTS_MISSING', `${experiment} has no ${period} results.`, {
      subject: table,
      hint: `${sources.source.url} has no view or table ${table}.`,
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
      ? 'Neither the experiments API nor the warehouse has it.'
      : `Did you mean ${nearest.join(' or ')}?`;
  return new ContrailError('EXPERIMENT_UNKNOWN', `Unknown experiment ${quote(experiment)}.`, { hint });
}

/** Empty where a source cannot be reached. */
async function slugsOf(
  sources: ExperimentSources,
  signal: AbortSignal,
): Promise<{ readonly listed: readonly string[]; readonly logged: readonly string[] }> {
  const [listed, logged] = await Promise.all([
    sources.api.list(signal).then(
      (list) => byStart(list.experiments).map((experiment) => experiment.slug),
      () => [],
    ),
    sources.sink.loggedExperiments(signal).catch(() => []),
  ]);
  return { listed, logged };
}

/** The experiments with a table of a period: their slug if it is known or described, else the normalised one of the name. */
export function slugsOfTables(tables: readonly OwnableTable[], known: readonly string[]): string[] {
  return [...new Set(assignTables(tables, known).periods.map(({ slug }) => slug))];
}

/** Each experiment under one name: its slug from the API or a log row, else the normalised slug of its tables. */
export function distinctSlugs(
  listed: readonly string[],
  fromTables: readonly string[],
  logged: readonly string[],
): string[] {
  const normalised = new Set([...listed, ...logged].map(normaliseSlug));
  return [...new Set([...listed, ...logged, ...fromTables.filter((slug) => !normalised.has(slug))])];
}

/** Those that started first come first; those that have not started come last. */
export function byStart(experiments: readonly Experiment[]): Experiment[] {
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...experiments].sort(
    (a, b) => compare(a.startDate ?? '9999', b.startDate ?? '9999') || compare(a.slug, b.slug),
  );
}

/** The list of the API; empty with the reason if it cannot be read. Then only tables count. */
export async function listExperiments(
  api: ExperimentsApi,
  signal: AbortSignal,
): Promise<ExperimentList & { readonly unlisted?: ContrailError }> {
  try {
    return await api.list(signal);
  } catch (error) {
    signal.throwIfAborted();
    return { experiments: [], malformed: [], flawed: [], unlisted: toContrailError(error) };
  }
}
