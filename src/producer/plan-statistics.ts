/** Finds due statistics files and the reasons. Changes nothing; the same state gives the same plan. */
import { ANALYSIS_PERIODS, type AnalysisPeriod } from '../domain/analysis-period.ts';
import { ContrailError } from '../domain/errors.ts';
import type { Experiment } from '../domain/experiment.ts';
import { type FoundRecord, premisesChanged } from '../domain/console-premises.ts';
import type { KnownBy } from '../domain/file-claim.ts';
import { METADATA, publishedVersionOrder } from '../domain/object-metadata.ts';
import type { SourceVersion } from '../domain/source-version.ts';
import { statisticsObjectName } from '../domain/statistics-name.ts';
import { assignTables, type OwnedTable } from '../domain/table-owners.ts';
import {
  ABSENT,
  type Generation,
  type ObjectMetadata,
  type ObjectStore,
  type StoredObject,
} from '../ports/object-store.ts';
import type { ListedTable, SourceTable } from '../ports/statistics-source.ts';
import { byStart, type ExperimentSources } from './known-experiments.ts';
import { type Listing, objectsByName, takeListing } from './listing.ts';
import { checkSelection, isSelected, type PlanSelection } from './plan-selection.ts';

/** One file: experiment, period, and the table with its rows. */
export interface StatisticsTarget {
  readonly experiment: string;
  readonly period: AnalysisPeriod;
  readonly knownBy: KnownBy;
  /** The record of the experiments API; undefined if it has none. */
  readonly record: FoundRecord;
  readonly table: string;
}

export interface DueStatistics extends StatisticsTarget {
  readonly reason: 'new' | 'changed' | 'forced';
  /** The file has this version, but its record or earlier files have changed. */
  readonly hasNewPremises: boolean;
  readonly sourceVersion: SourceVersion;
  /** The published object, with the metadata that an export needs. */
  readonly seen: { readonly generation: Generation; readonly metadata: ObjectMetadata };
  /** Rows and bytes of the source, if known. */
  readonly rows: number | undefined;
  readonly bytes: number | undefined;
}

export interface SkippedStatistics extends StatisticsTarget {
  readonly reason: string;
  /** A problem to log. */
  readonly warning?: ContrailError;
}

export interface RefusedStatistics extends StatisticsTarget {
  readonly error: ContrailError;
  /** Whether an earlier file is published, if known. */
  readonly hasFile?: boolean;
}

export interface StatisticsPlan {
  readonly due: readonly DueStatistics[];
  readonly skipped: readonly SkippedStatistics[];
  /** Files that no retry can produce: name conflicts, failing views. */
  readonly refused: readonly RefusedStatistics[];
  /** Problems of sources: an API that did not answer, records that cannot be read. */
  readonly problems: readonly ContrailError[];
}

export interface PlanDependencies extends ExperimentSources {
  readonly store: ObjectStore;
}

export async function planStatistics(
  deps: PlanDependencies,
  selection: PlanSelection,
  signal: AbortSignal,
): Promise<StatisticsPlan> {
  const listing = await takeListing(deps, signal);
  await checkSelection(deps, selection, listing, signal);
  return planStatisticsOf(deps, selection, { listing, signal });
}

/** The plan from listed experiments and tables. */
export async function planStatisticsOf(
  deps: PlanDependencies,
  selection: PlanSelection,
  {
    listing: { experiments, problems, tables, unlisted },
    signal,
  }: { readonly listing: Listing; readonly signal: AbortSignal },
): Promise<StatisticsPlan> {
  const { targets, conflicts } = statisticsTargets(
    experiments,
    tables,
    unlisted === undefined ? undefined : 'unreachable',
  );
  const wanted = targets.filter((target) => isSelected(target, selection, experiments));
  const { tables: described, unreadable } = await deps.source.describeTables(
    wanted.map((target) => target.table),
    signal,
    tables,
  );
  const objects = await objectsByName(deps.store, 'statistics/', signal);
  const versions = new Map(described.map((table) => [table.name, table]));
  const due: DueStatistics[] = [];
  const skipped: SkippedStatistics[] = [];
  for (const target of wanted) {
    const table = versions.get(target.table);
    if (table === undefined) continue;
    const decision = decide(target, table, objects, selection);
    if ('sourceVersion' in decision) due.push(decision);
    else skipped.push(decision);
  }
  const failing = wanted.flatMap((target) => {
    const error = unreadable.find((entry) => entry.name === target.table)?.error;
    return error === undefined ? [] : [{ ...target, error }];
  });
  const withoutTables = failing.filter(({ error }) => error.code === 'VIEW_WITHOUT_TABLES');
  skipped.push(...withoutTables.map(({ error, ...target }) => ({ ...target, reason: error.message, warning: error })));
  const refused = [
    ...conflicts
      .filter((target) => isSelected(target, selection, experiments))
      .map((target) => ({
        ...target,
        ...ownFile(target, objects.get(statisticsObjectName(target.experiment, target.period))),
      })),
    ...failing
      .filter((target) => !withoutTables.includes(target))
      .map((target) => ({
        ...target,
        hasFile: objects.has(statisticsObjectName(target.experiment, target.period)),
      })),
  ];
  return { due, skipped, refused, problems };
}

function decide(
  target: StatisticsTarget,
  table: SourceTable,
  objects: ReadonlyMap<string, StoredObject>,
  { force }: PlanSelection,
): DueStatistics | SkippedStatistics {
  const object = objects.get(statisticsObjectName(target.experiment, target.period));
  const hasNewPremises = object !== undefined && hasOtherPremises(target, object, objects);
  const order = publishedVersionOrder(object?.metadata, table.version);
  if (!force && !hasNewPremises && order === 'same') return { ...target, reason: 'current' };
  // An export would change nothing, and every scan would enqueue it again.
  if (!force && order === 'newer') return { ...target, reason: 'newer than the source' };
  return {
    ...target,
    reason: force ? 'forced' : object === undefined ? 'new' : 'changed',
    sourceVersion: table.version,
    hasNewPremises,
    seen: { generation: object?.generation ?? ABSENT, metadata: neededMetadata(object) },
    rows: table.rows,
    bytes: table.bytes,
  };
}

/** Whether the published file belongs to this experiment, if it says so: experiments with clashing names share it. */
function ownFile(
  { experiment }: StatisticsTarget,
  object: StoredObject | undefined,
): Pick<RefusedStatistics, 'hasFile'> {
  if (object === undefined) return { hasFile: false };
  const owner = object.metadata[METADATA.experiment];
  return owner === undefined ? {} : { hasFile: owner === experiment };
}

function hasOtherPremises(
  target: StatisticsTarget,
  { metadata }: StoredObject,
  objects: ReadonlyMap<string, StoredObject>,
): boolean {
  return premisesChanged(
    target,
    metadata,
    (period) => objects.get(statisticsObjectName(target.experiment, period))?.metadata,
  );
}

function neededMetadata(object: StoredObject | undefined): ObjectMetadata {
  const needed = [METADATA.sourceVersion, METADATA.sha256, METADATA.experiment];
  return Object.fromEntries(
    needed.flatMap((key) => {
      const value = object?.metadata[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

/** Each period table as the file of one experiment. Rivals are refused, because they would share the file. */
function statisticsTargets(
  experiments: readonly Experiment[],
  tables: readonly ListedTable[],
  recordOfStrangers: 'unreachable' | undefined,
): { targets: StatisticsTarget[]; conflicts: RefusedStatistics[] } {
  const ranked = byStart(experiments);
  const records = new Map(ranked.toReversed().map(({ slug, console: record }) => [slug, record]));
  const slugs = ranked.map(({ slug }) => slug);
  const { periods } = assignTables(tables, slugs);
  const targetOf = (experiment: string, { period, table }: OwnedTable): StatisticsTarget =>
    records.has(experiment)
      ? { experiment, period, knownBy: 'api', record: records.get(experiment), table }
      : { experiment, period, knownBy: 'tables', record: recordOfStrangers, table };
  const conflicts = periods.flatMap((owned) =>
    owned.rivals.map((rival) => {
      const target = targetOf(rival.slug, { ...owned, period: rival.period });
      return { ...target, error: conflict(owned.slug, target) };
    }),
  );
  return { targets: inOrder(periods.map((owned) => targetOf(owned.slug, owned))), conflicts };
}

function inOrder(targets: StatisticsTarget[]): StatisticsTarget[] {
  const rank = (target: StatisticsTarget): number => ANALYSIS_PERIODS.indexOf(target.period);
  return targets.sort((a, b) => compare(a.experiment, b.experiment) || rank(a) - rank(b));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function conflict(owner: string, { experiment, table }: StatisticsTarget): ContrailError {
  return new ContrailError(
    'SLUG_CONFLICT',
    `The experiments ${owner} and ${experiment} would share the table ${table} and its file.`,
    { subject: table, hint: `Only ${owner} is exported. Rename one of them in Experimenter.` },
  );
}
