/** Reads tables, published files and log rows for the trace of an experiment. */
import type { AnalysisPeriod } from '../../domain/analysis-period.ts';
import type { ConsoleRules } from '../../domain/console-rules.ts';
import type { ContrailError } from '../../domain/errors.ts';
import { metadataObjectName } from '../../domain/metadata-name.ts';
import type { TraceInputs } from '../../domain/trace/inputs.ts';
import type { RebuildingPeriods } from '../../domain/trace/reason-text.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ListedTable, StatisticsSource } from '../../ports/statistics-source.ts';
import { readPublishedStart } from '../../workers/metadata/analysis-start.ts';
import { attempt, distinctErrors } from './attempt.ts';
import { readLogs } from './log-rows.ts';
import { markOutdated } from './outdated-files.ts';
import type { PromisedResults } from './promised-results.ts';
import { readPublishedFiles } from './published-files.ts';
import { rebuildingPeriods } from './rebuilding-periods.ts';
import { ownTables, readNewestTables, tablesByPeriod } from './window-tables.ts';

export interface GatherDependencies {
  readonly source: StatisticsSource;
  readonly store: ObjectStore;
  readonly reader: MonitoringReader;
  readonly clock: WallClock;
  readonly rules: ConsoleRules;
}

export interface Gathering {
  readonly promised: PromisedResults;
  /** All tables of the warehouse. */
  readonly listing: readonly ListedTable[];
  /** Of all experiments. */
  readonly slugs: readonly string[];
  /** Periods whose tables are read. */
  readonly selection: readonly AnalysisPeriod[];
  readonly signal: AbortSignal;
}

export interface Gathered {
  readonly inputs: TraceInputs;
  readonly problems: readonly ContrailError[];
  readonly leftOut: ReadonlySet<AnalysisPeriod>;
  readonly warnings: readonly string[];
  readonly rebuilding: RebuildingPeriods;
}

/** Tables, files and log rows of the selected periods. */
export async function gatherInputs(
  deps: GatherDependencies,
  { promised, listing, slugs, selection, signal }: Gathering,
): Promise<Gathered> {
  const { experiment, settings, metrics, primaryMetrics } = promised;
  const { source, store, rules, reader, clock } = deps;
  const request = { source, store, rules, experiment: experiment.slug, signal };
  const periods = tablesByPeriod(experiment.slug, ownTables(experiment.slug, listing, slugs)).filter(({ period }) =>
    selection.includes(period),
  );
  const [read, published, start] = await Promise.all([
    readNewestTables(periods, request),
    readPublishedFiles(request),
    attempt(() => publishedStart(store, experiment.slug, signal), signal),
  ]);
  const analysisStart = 'error' in start ? null : start.value;
  const logs = await attempt(() => readLogs(reader, { experiment: experiment.slug, analysisStart }, signal), signal);
  const failures = [...read.failures, ...published.failures].filter(({ period }) => selection.includes(period));
  return {
    inputs: {
      experiment,
      settings,
      metrics,
      primaryMetrics,
      tables: read.tables,
      files: await markOutdated(published.files, { ...request, tables: read.tables }),
      logs: 'error' in logs ? [] : logs.value.logs,
      analysisStart,
      now: clock.now(),
      rules,
    },
    problems: distinctErrors([
      ...failures.map(({ error }) => error),
      ...[start, logs].flatMap((result) => ('error' in result ? [result.error] : [])),
    ]),
    leftOut: new Set(failures.map(({ period }) => period)),
    rebuilding: rebuildingPeriods(experiment.slug, listing, published.metadata),
    warnings: [promised.warning, 'error' in logs ? undefined : logs.value.warning].flatMap((text) => text ?? []),
  };
}

async function publishedStart(store: ObjectStore, experiment: string, signal: AbortSignal): Promise<string | null> {
  const object = await store.head(metadataObjectName(experiment), signal);
  return (await readPublishedStart(store, object, signal))?.start ?? null;
}
