/** When the runs of each experiment began, from the times of its tables, for all experiments at once. */
import { analysisSource, type AnalysisSource } from '../domain/analysis-start.ts';
import { enrollmentsTableName } from '../domain/analysis-run.ts';
import type { SourceVersion } from '../domain/source-version.ts';
import { changeTimes, haveTimes, type VersionedTable } from '../domain/table-times.ts';
import type { ListedTable, StatisticsSource } from '../ports/statistics-source.ts';
import type { AnalysedExperiment } from './analysed-experiments.ts';

export interface AnalysisTimes {
  /** Evidence of the newest run. */
  readonly results: AnalysisSource;
  /** Start of the newest run from its per-window tables, milliseconds since 1970; null: unknown. */
  readonly start: number | null;
  /** When the experiment was first analysed, milliseconds since 1970, from its enrollments table. */
  readonly firstAt: number | undefined;
}

export interface TimesRequest {
  readonly source: Pick<StatisticsSource, 'describeTables'>;
  /** All tables. */
  readonly tables: readonly ListedTable[];
  /** How long before its first table an analysis begins. */
  readonly leadMs: number;
  readonly signal: AbortSignal;
}

/** The times of these experiments, in two requests to the warehouse. */
export async function analysisTimes(
  experiments: readonly AnalysedExperiment[],
  request: TimesRequest,
): Promise<(experiment: AnalysedExperiment) => AnalysisTimes> {
  const tablesOf = new Map(experiments.map((entry) => [entry, resultTables(entry)]));
  const versions = await versionsOf([...tablesOf.values()].flat(), request);
  const firstTimes = await enrollmentTimes(experiments, versions, request);
  return (experiment) => {
    const described = (tablesOf.get(experiment) ?? []).flatMap((name) => {
      const version = versions.get(name);
      return version === undefined ? [] : [{ name, version }];
    });
    const results = analysisSource(experiment.experiment, described, request.leadMs);
    const isOfWindows = results.kind === 'time' && experiment.windowTables.length > 0;
    return {
      results,
      start: isOfWindows ? results.start : null,
      firstAt: firstTimes.get(enrollmentsTable(experiment)),
    };
  };
}

function resultTables({ windowTables, periodTables }: AnalysedExperiment): readonly string[] {
  return windowTables.length > 0 ? windowTables : periodTables;
}

/** Empty in a warehouse without times; enrollments tables are then not read. */
async function enrollmentTimes(
  experiments: readonly AnalysedExperiment[],
  results: ReadonlyMap<string, SourceVersion>,
  request: TimesRequest,
): Promise<ReadonlyMap<string, number>> {
  if (!haveTimes(asTables(results))) return new Map();
  const present = new Set(request.tables.map(({ name }) => name));
  const versions = await versionsOf(
    experiments.map(enrollmentsTable).filter((table) => present.has(table)),
    request,
  );
  return new Map(changeTimes(asTables(versions)).map(({ name, changedAt }) => [name, changedAt]));
}

function asTables(versions: ReadonlyMap<string, SourceVersion>): VersionedTable[] {
  return [...versions].map(([name, version]) => ({ name, version }));
}

function enrollmentsTable({ experiment }: AnalysedExperiment): string {
  return enrollmentsTableName(experiment);
}

async function versionsOf(
  names: readonly string[],
  { source, tables, signal }: TimesRequest,
): Promise<ReadonlyMap<string, SourceVersion>> {
  if (names.length === 0) return new Map();
  const described = await source.describeTables([...new Set(names)], signal, tables);
  return new Map(described.tables.map(({ name, version }) => [name, version]));
}
