/** Experiments that get metadata and errors files: those with results or log rows. */
import { windowTableOwners } from '../domain/analysis-run.ts';
import type { Experiment } from '../domain/experiment.ts';
import type { KnownBy } from '../domain/file-claim.ts';
import { normaliseSlug } from '../domain/slug.ts';
import { parseStatisticsTableName } from '../domain/statistics-name.ts';
import type { ListedTable } from '../ports/statistics-source.ts';
import type { Listing } from './listing.ts';
import { isSelected, type PlanSelection } from './plan-selection.ts';

export interface AnalysedExperiment {
  readonly experiment: string;
  readonly knownBy: KnownBy;
  /** Its record, if the experiments API has one. */
  readonly record?: Experiment;
  /** Names of its per-window tables. */
  readonly windowTables: readonly string[];
}

/**
 * The selected experiments with results or log rows, by slug. Those without a record are named by their normalised slug
 * (from tables) or by the logged slug.
 */
export function analysedExperiments(
  { experiments, tables }: Listing,
  logged: readonly string[],
  selection: PlanSelection,
): AnalysedExperiment[] {
  const results = resultsBySlug(tables);
  const isLogged = new Set(logged);
  const found = new Map<string, AnalysedExperiment>();
  const taken = new Set<string>();
  const take = (entry: Omit<AnalysedExperiment, 'windowTables'>): void => {
    const normalised = normaliseSlug(entry.experiment);
    taken.add(normalised);
    found.set(entry.experiment, { ...entry, windowTables: results.windows.get(normalised) ?? [] });
  };
  for (const record of experiments) {
    const { slug } = record;
    if (!isLogged.has(slug) && !results.slugs.has(normaliseSlug(slug))) continue;
    take({ experiment: slug, knownBy: 'api', record });
  }
  for (const slug of logged) {
    if (!found.has(slug) && !taken.has(normaliseSlug(slug))) take({ experiment: slug, knownBy: 'tables' });
  }
  for (const slug of results.views) {
    if (!taken.has(slug)) take({ experiment: slug, knownBy: 'tables' });
  }
  return [...found.values()]
    .filter((entry) => isSelected(entry, selection, experiments))
    .sort((a, b) => (a.experiment < b.experiment ? -1 : 1));
}

interface Results {
  /** Normalised slugs with any table. */
  readonly slugs: ReadonlySet<string>;
  /** Normalised slugs with a view or table of a period. In other table names the end of the slug is ambiguous. */
  readonly views: ReadonlySet<string>;
  readonly windows: ReadonlyMap<string, readonly string[]>;
}

function resultsBySlug(tables: readonly ListedTable[]): Results {
  const views = new Set<string>();
  const windows = new Map<string, string[]>();
  for (const { name: table } of tables) {
    const name = parseStatisticsTableName(table);
    if (name !== undefined) views.add(name.slug);
    for (const slug of windowTableOwners(table)) {
      const known = windows.get(slug);
      if (known === undefined) windows.set(slug, [table]);
      else known.push(table);
    }
  }
  return { slugs: new Set([...views, ...windows.keys()]), views, windows };
}
