/** Experiments that get a metadata file, also those that are not analysed (spec: today, section 6). */
import type { Experiment } from '../domain/experiment.ts';
import { metadataObjectName } from '../domain/metadata-name.ts';
import { dayOf, daysBetween } from '../domain/utc-time.ts';
import type { AnalysedExperiment } from './analysed-experiments.ts';
import { byStart } from './known-experiments.ts';
import type { Listing } from './listing.ts';
import { isSelected, type PlanSelection } from './plan-selection.ts';

const NO_RESULTS = { windowTables: [], periodTables: [] };

export interface MetadataSelection {
  readonly selection: PlanSelection;
  /** Whether started experiments without results get metadata too. */
  readonly withUnanalysed: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * The selected experiments, by slug: those with results and, if wanted, all that have started. Rollouts only with window
 * tables. `known` are those with results or log rows.
 */
export function metadataExperiments(
  { experiments }: Pick<Listing, 'experiments'>,
  known: readonly AnalysedExperiment[],
  { selection, withUnanalysed, now }: MetadataSelection,
): AnalysedExperiment[] {
  const taken = new Set(known.map(({ experiment }) => metadataObjectName(experiment)));
  const wanted = known.filter(({ record, windowTables, periodTables }) => {
    if (windowTables.length > 0) return true;
    if (record?.results?.isRollout === true) return false;
    return periodTables.length > 0 || (withUnanalysed && record !== undefined && hasStarted(record, now));
  });
  for (const record of withUnanalysed ? byStart(experiments) : []) {
    const entry = { experiment: record.slug, knownBy: 'api', record, ...NO_RESULTS } as const;
    const name = metadataObjectName(record.slug);
    // Of experiments that would share a file, those with results come first, then the older.
    if (taken.has(name) || record.results?.isRollout === true || !hasStarted(record, now)) continue;
    if (!isSelected(entry, selection, experiments)) continue;
    taken.add(name);
    wanted.push(entry);
  }
  return wanted.sort((a, b) => compare(a.experiment, b.experiment));
}

function hasStarted({ startDate }: Experiment, now: number): boolean {
  return startDate !== null && (daysBetween(startDate, dayOf(now)) ?? -1) >= 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
