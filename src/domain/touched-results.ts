/**
 * Tells runs that brought new results from those that only touched tables (spec: today, section 1). A rerun sets labels
 * on tables that it does not compute anew, which moves their times.
 */
import { ANALYSIS_PERIODS, type AnalysisPeriod } from './analysis-period.ts';
import { RUN_MS } from './analysis-run.ts';
import { METADATA } from './object-metadata.ts';
import { normaliseSlug } from './slug.ts';
import { timeOfVersion } from './source-version.ts';
import { WINDOW_PERIODS } from './window-period.ts';

/** Table changes of a period in the newest run, milliseconds since 1970. */
export interface PeriodChanges {
  readonly period: AnalysisPeriod;
  readonly first: number;
  readonly newest: number;
}

/** A published statistics file. */
export interface ResultFile {
  /** When its bytes last changed, milliseconds since 1970. */
  readonly changedAt: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Files by period, as far as there are any. */
export type ResultFiles = ReadonlyMap<AnalysisPeriod, ResultFile>;

/** A run's tables come within 12 hours; publishing them may take some more. */
const SHOWN_MS = 1.5 * RUN_MS;

/** Of the newest run, by period. Empty if the name of any table tells no period: then the files tell nothing about the run. */
export function changesByPeriod(
  experiment: string,
  tables: readonly { readonly name: string; readonly changedAt: number }[],
): PeriodChanges[] {
  const newest = Math.max(...tables.map(({ changedAt }) => changedAt));
  const found = new Map<AnalysisPeriod, PeriodChanges>();
  for (const { name, changedAt } of tables) {
    if (changedAt < newest - RUN_MS) continue;
    const period = periodOfTable(experiment, name);
    if (period === undefined) return [];
    const known = found.get(period) ?? { first: changedAt, newest: changedAt };
    found.set(period, {
      period,
      first: Math.min(known.first, changedAt),
      newest: Math.max(known.newest, changedAt),
    });
  }
  return [...found.values()];
}

/**
 * The first change of the run in periods with new results; undefined if all were only touched. `shownUntil`: content of
 * later files is not yet covered by the published start, and counts as new.
 */
export function firstNewResult(
  changes: readonly PeriodChanges[],
  files: ResultFiles,
  shownUntil: number,
): number | undefined {
  const first = changes
    .filter((change) => !isTouched(change, files.get(change.period), shownUntil))
    .map((change) => change.first);
  return first.length === 0 ? undefined : Math.min(...first);
}

/** Until when the results of a run may have been published whose first table changed then. */
export function shownUntil(firstChange: number): number {
  return firstChange + SHOWN_MS;
}

/** The file was compared with the newest tables, and its bytes are older than all changes. */
function isTouched({ first, newest }: PeriodChanges, file: ResultFile | undefined, shownUntil: number): boolean {
  const compared = timeOfVersion(file?.metadata[METADATA.sourceVersion] ?? '');
  if (file === undefined || compared === undefined) return false;
  return compared >= newest && file.changedAt < first && file.changedAt <= shownUntil;
}

const PERIOD_OF_ENDING: ReadonlyMap<string, AnalysisPeriod> = new Map(
  ANALYSIS_PERIODS.flatMap((period) => [[period, period] as const, [`${WINDOW_PERIODS[period]}_`, period] as const]),
);

/** `statistics_<slug>_week_3` and `statistics_<slug>_weekly` → `weekly`. */
function periodOfTable(experiment: string, table: string): AnalysisPeriod | undefined {
  const prefix = `statistics_${normaliseSlug(experiment)}_`;
  if (!table.startsWith(prefix)) return undefined;
  return PERIOD_OF_ENDING.get(table.slice(prefix.length).replace(/_\d+$/, '_'));
}
