/** When the analysis of each experiment last began, out of the changes of its tables, for all experiments at once. */
import { startOfNewestRun } from '../domain/analysis-run.ts';
import { normaliseSlug } from '../domain/slug.ts';
import { timeOfVersion } from '../domain/source-version.ts';
import type { StatisticsSource } from '../ports/statistics-source.ts';
import type { AnalysedExperiment } from './analysed-experiments.ts';

export interface AnalysisTimes {
  /** Begin of the newest run, milliseconds since 1970; null where nobody knows. */
  readonly start: number | null;
  /** When the experiment was first analysed, milliseconds since 1970, as far as its enrollments table tells. */
  readonly firstAt: number | undefined;
}

export interface TimesRequest {
  readonly source: Pick<StatisticsSource, 'describeTables'>;
  /** Names of all tables. */
  readonly tables: readonly string[];
  /** How long before its first table an analysis begins. */
  readonly leadMs: number;
  readonly signal: AbortSignal;
}

/** The times of these experiments, in two requests to the warehouse. */
export async function analysisTimes(
  experiments: readonly AnalysedExperiment[],
  request: TimesRequest,
): Promise<(experiment: AnalysedExperiment) => AnalysisTimes> {
  const present = new Set(request.tables);
  const enrollments = experiments.map(enrollmentsTable).filter((table) => present.has(table));
  const changes = await changesOf([...experiments.flatMap((entry) => entry.windowTables), ...enrollments], request);
  return (experiment) => ({
    start:
      startOfNewestRun(
        experiment.windowTables.flatMap((table) => changes.get(table) ?? []),
        request.leadMs,
      ) ?? null,
    firstAt: changes.get(enrollmentsTable(experiment)),
  });
}

function enrollmentsTable({ experiment }: AnalysedExperiment): string {
  return `enrollments_${normaliseSlug(experiment)}`;
}

/** Times of the last changes. None where the warehouse keeps no times: the contents of tables are then not looked at. */
async function changesOf(
  tables: readonly string[],
  { source, signal }: TimesRequest,
): Promise<ReadonlyMap<string, number>> {
  const [first, ...others] = new Set(tables);
  if (first === undefined) return new Map();
  const probe = await source.describeTables([first], signal);
  if (probe.tables.some((table) => timeOfVersion(table.version) === undefined)) return new Map();
  const described = others.length === 0 ? { tables: [] } : await source.describeTables(others, signal);
  return new Map(
    [...probe.tables, ...described.tables].flatMap(({ name, version }) => {
      const time = timeOfVersion(version);
      return time === undefined ? [] : [[name, time] as const];
    }),
  );
}
