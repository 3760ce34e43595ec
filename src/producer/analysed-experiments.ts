/** Experiments that get metadata and errors files: those with results or log rows. */
import type { Experiment } from '../domain/experiment.ts';
import type { KnownBy } from '../domain/file-claim.ts';
import { normaliseSlug } from '../domain/slug.ts';
import { assignTables, type OwnedTable } from '../domain/table-owners.ts';
import type { ListedTable } from '../ports/statistics-source.ts';
import { byStart } from './known-experiments.ts';
import type { Listing } from './listing.ts';
import { isSelected, type PlanSelection } from './plan-selection.ts';

export interface AnalysedExperiment {
  readonly experiment: string;
  readonly knownBy: KnownBy;
  /** Its record, if the experiments API has one. */
  readonly record?: Experiment;
  /** Names of its per-window tables. */
  readonly windowTables: readonly string[];
  /** Names of its views, and plain tables, of a period. */
  readonly periodTables: readonly string[];
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
  const listed = byStart(experiments).map(({ slug }) => slug);
  const results = resultsBySlug(tables, [...listed, ...logged]);
  const isLogged = new Set(logged);
  const found = new Map<string, AnalysedExperiment>();
  const take = (entry: Omit<AnalysedExperiment, 'windowTables' | 'periodTables'>): void => {
    const tables = results.tables.get(entry.experiment);
    found.set(entry.experiment, {
      ...entry,
      windowTables: tables?.windows ?? [],
      periodTables: tables?.periods ?? [],
    });
  };
  for (const record of experiments) {
    if (isLogged.has(record.slug) || results.tables.has(record.slug)) {
      take({ experiment: record.slug, knownBy: 'api', record });
    }
  }
  const taken = new Set([...found.keys()].map(normaliseSlug));
  for (const slug of [...logged, ...results.strangers]) {
    // Its files are named as those of an experiment that was taken.
    if (taken.has(normaliseSlug(slug))) continue;
    taken.add(normaliseSlug(slug));
    take({ experiment: slug, knownBy: 'tables' });
  }
  return [...found.values()]
    .filter((entry) => isSelected(entry, selection, experiments))
    .sort((a, b) => (a.experiment < b.experiment ? -1 : 1));
}

interface Results {
  /** By slug, of owners and their rivals. */
  readonly tables: ReadonlyMap<string, { readonly windows: string[]; readonly periods: string[] }>;
  /** Slugs with a table of a period. In other names the end of the slug is ambiguous. */
  readonly strangers: ReadonlySet<string>;
}

function resultsBySlug(listed: readonly ListedTable[], known: readonly string[]): Results {
  const owners = assignTables(listed, known);
  const tables = new Map<string, { windows: string[]; periods: string[] }>();
  const add = (kind: 'windows' | 'periods', { slug, rivals, table }: OwnedTable): void => {
    for (const owner of [slug, ...rivals.map((rival) => rival.slug)]) {
      const own = tables.get(owner) ?? { windows: [], periods: [] };
      own[kind].push(table);
      tables.set(owner, own);
    }
  };
  for (const owned of owners.windows) add('windows', owned);
  for (const owned of owners.periods) add('periods', owned);
  return { tables, strangers: new Set(owners.periods.map(({ slug }) => slug)) };
}
