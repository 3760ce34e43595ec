/** Which files a plan is asked for. */
import type { AnalysisPeriod } from '../domain/analysis-period.ts';
import { ContrailError } from '../domain/errors.ts';
import type { Experiment } from '../domain/experiment.ts';
import type { KnownBy } from '../domain/file-claim.ts';
import { normaliseSlug } from '../domain/slug.ts';
import { parseStatisticsTableName } from '../domain/statistics-name.ts';
import { distinctSlugs, type ExperimentSources, unknownExperiment } from './known-experiments.ts';
import type { Listing } from './listing.ts';

export interface PlanSelection {
  /** Slugs as the API or the tables have them; none: all. An unknown one throws EXPERIMENT_UNKNOWN. */
  readonly experiments: readonly string[];
  /** None: all. */
  readonly periods: readonly AnalysisPeriod[];
  /** Names of applications, as the API has them; none: all. Leaves out what only tables tell of. */
  readonly apps: readonly string[];
  /** Plan also what is current. */
  readonly force: boolean;
}

/** A file as far as a selection looks at it. */
export interface SelectableFile {
  readonly experiment: string;
  readonly knownBy: KnownBy;
  readonly period?: AnalysisPeriod;
}

/** Whether a file of an experiment was asked for. */
export function isSelected(
  target: SelectableFile,
  { experiments, periods, apps }: PlanSelection,
  listed: readonly Experiment[],
): boolean {
  if (experiments.length > 0 && !experiments.some((slug) => names(slug, target, listed))) return false;
  const { period } = target;
  if (period !== undefined && periods.length > 0 && !periods.includes(period)) return false;
  return apps.length === 0 || listed.some((entry) => entry.slug === target.experiment && apps.includes(entry.appName));
}

/**
 * A slug names an experiment by its own text, or by its normal form, as its tables have it, where no experiment has that
 * for its slug. Of one that the API does not list nobody knows more than the normal form.
 */
function names(slug: string, { experiment, knownBy }: SelectableFile, listed: readonly Experiment[]): boolean {
  if (slug === experiment) return true;
  if (knownBy === 'tables') return normaliseSlug(slug) === normaliseSlug(experiment);
  return slug === normaliseSlug(experiment) && !listed.some((entry) => entry.slug === slug);
}

/**
 * Throws EXPERIMENT_UNKNOWN for a slug that neither the API nor a table nor a log row has, USAGE for an unknown
 * application. Where the API could not be read, nobody can tell: what kept it from being read is thrown instead.
 */
export async function checkSelection(
  { sink }: Pick<ExperimentSources, 'sink'>,
  selection: Pick<PlanSelection, 'experiments' | 'apps'>,
  { experiments: listed, unlisted, tables }: Listing,
  signal: AbortSignal,
): Promise<void> {
  const bySlug = listed.map((entry) => entry.slug);
  const byTable = tables.flatMap((table) => parseStatisticsTableName(table)?.slug ?? []);
  const isKnown = (slug: string) => bySlug.includes(slug) || byTable.includes(normaliseSlug(slug));
  const others = selection.experiments.filter((slug) => !isKnown(slug));
  const logged = others.length === 0 ? [] : await sink.loggedExperiments(signal).catch(() => []);
  for (const slug of others) {
    if (!logged.includes(slug)) throw unlisted ?? unknownExperiment(slug, distinctSlugs(bySlug, byTable, logged));
  }
  if (selection.apps.length > 0 && unlisted !== undefined) throw unlisted;
  const apps = [...new Set(listed.map((entry) => entry.appName))];
  for (const app of selection.apps) {
    if (!apps.includes(app)) {
      throw new ContrailError('USAGE', `No experiment is of the application ${JSON.stringify(app)}.`, {
        hint:
          apps.length === 0 ? 'The experiments API told of none.' : `The applications are ${apps.sort().join(', ')}.`,
      });
    }
  }
}
