/** Finds due statistics files and the reasons. Changes nothing; the same state gives the same plan. */
import { ANALYSIS_PERIODS } from '../domain/analysis-period.ts';
import { ContrailError } from '../domain/errors.ts';
import type { Experiment } from '../domain/experiment.ts';
import { METADATA } from '../domain/object-metadata.ts';
import { WindowTables } from '../domain/rerun/window-tables.ts';
import { isRollingHoldback } from '../domain/rolling-holdback.ts';
import { statisticsObjectName } from '../domain/statistics-name.ts';
import { assignTables, type OwnedTable } from '../domain/table-owners.ts';
import type { WallClock } from '../ports/clock.ts';
import type { ObjectStore, StoredObject } from '../ports/object-store.ts';
import type { ListedTable, TableDescriptions } from '../ports/statistics-source.ts';
import { absentStatistics, type ReadLeftOut } from './absent-files.ts';
import { decideStatistics, type FoundFile } from './decide-statistics.ts';
import { byStart, type ExperimentSources } from './known-experiments.ts';
import { completenessOf } from './lacking-sources.ts';
import { leftTargets } from './left-objects.ts';
import { type Listing, objectsByName, takeListing } from './listing.ts';
import { checkSelection, isSelected, type PlanSelection, type SelectableFile } from './plan-selection.ts';
import type { RefusedStatistics, StatisticsPlan, StatisticsTarget } from './statistics-plan.ts';

export interface PlanDependencies extends ExperimentSources {
  readonly store: ObjectStore;
  readonly clock: WallClock;
  /** How long nothing must have moved before windows that a file had count as lost, milliseconds. */
  readonly settleMs: number;
  readonly leftOut: ReadLeftOut;
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
  { listing, signal }: { readonly listing: Listing; readonly signal: AbortSignal },
): Promise<StatisticsPlan> {
  const { experiments, problems } = listing;
  const isWanted = (file: SelectableFile): boolean => isSelected(file, selection, experiments);
  const files = await planFiles(deps, { listing, isWanted, force: selection.force, signal });
  const absence = await absentStatistics(
    {
      experiments,
      found: files.found,
      objects: files.objects,
      isWanted: (file) => isWanted({ ...file, knownBy: 'api' }),
      leftOut: deps.leftOut,
      now: deps.clock.now(),
    },
    signal,
  );
  return { ...files.plan, absent: absence.absent, problems: [...problems, ...absence.problems] };
}

export interface FilesRequest {
  readonly listing: Listing;
  readonly isWanted: (file: StatisticsTarget) => boolean;
  /** Beginnings of the names of the published objects that matter; default: all. */
  readonly objectBeginnings?: readonly string[];
  /** Also plan current files. */
  readonly force: boolean;
  readonly signal: AbortSignal;
}

export interface PlannedFiles {
  readonly plan: Pick<StatisticsPlan, 'due' | 'skipped' | 'refused'>;
  /** All files with a view or table, wanted or not. */
  readonly found: readonly StatisticsTarget[];
  /** The listed objects by name. */
  readonly objects: ReadonlyMap<string, StoredObject>;
}

/** What is to be done with the wanted files that have a source or a published object. */
export async function planFiles(
  deps: Omit<PlanDependencies, 'leftOut'>,
  { listing, isWanted, objectBeginnings = ['statistics/'], force, signal }: FilesRequest,
): Promise<PlannedFiles> {
  const { experiments, tables, unlisted } = listing;
  const { targets, conflicts } = statisticsTargets(
    experiments,
    tables,
    unlisted === undefined ? undefined : 'unreachable',
  );
  const readable = targets.filter(isWanted);
  const described = await deps.source.describeTables(
    readable.map(({ table }) => table),
    signal,
    tables,
  );
  const objects = await objectsByName(deps.store, objectBeginnings, signal);
  const windowTables = new WindowTables(tables);
  const left = leftTargets(objects.values(), { experiments, tables: windowTables, taken: targets }).filter(isWanted);
  const found = findFiles(inOrder([...readable, ...left]), described, objects);
  const completeness = await completenessOf(deps, found, { tables: windowTables, listing: tables, signal });
  const now = deps.clock.now();
  const rolling = new Set(
    experiments.flatMap(({ slug, results }) =>
      results !== undefined && isRollingHoldback(results, now) ? [slug] : [],
    ),
  );
  const decisions = found.map((file) =>
    decideStatistics(file, {
      objects,
      completeness: completeness(file),
      isRolling: rolling.has(file.target.experiment),
      force,
      now,
    }),
  );
  const refusedNames = conflicts.filter(isWanted).map((target) => ({
    ...target,
    ...ownFile(target, objects.get(statisticsObjectName(target.experiment, target.period))),
  }));
  const plan = {
    due: decisions.flatMap((decision) => (decision.kind === 'due' ? [decision.file] : [])),
    skipped: decisions.flatMap((decision) => (decision.kind === 'skipped' ? [decision.file] : [])),
    refused: [
      ...refusedNames,
      ...decisions.flatMap((decision) => (decision.kind === 'refused' ? [decision.file] : [])),
    ],
  };
  return { plan, found: [...targets, ...conflicts], objects };
}

function findFiles(
  targets: readonly StatisticsTarget[],
  { tables, unreadable }: TableDescriptions,
  objects: ReadonlyMap<string, StoredObject>,
): FoundFile[] {
  const described = new Map(tables.map((table) => [table.name, table]));
  const errors = new Map(unreadable.map(({ name, error }) => [name, error]));
  return targets.map((target) => ({
    target,
    object: objects.get(statisticsObjectName(target.experiment, target.period)),
    table: described.get(target.table),
    error: errors.get(target.table),
  }));
}

/** Whether the published file belongs to this experiment, if it says so: experiments with clashing names share it. */
function ownFile(
  { experiment }: StatisticsTarget,
  object: StoredObject | undefined,
): Pick<RefusedStatistics, 'hasFile' | 'found'> {
  if (object === undefined) return { hasFile: false };
  const owner = object.metadata[METADATA.experiment];
  if (owner === undefined) return {};
  return owner === experiment ? { hasFile: true, found: { source: undefined, object } } : { hasFile: false };
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
