/** Which files to plan. */
import type { AnalysisPeriod } from '../domain/analysis-period.ts';
import { ContrailError } from '../domain/errors.ts';
import type { Experiment } from '../domain/experiment.ts';
import type { KnownBy } from '../domain/file-claim.ts';
import { normaliseSlug } from '../domain/slug.ts';
import { distinctSlugs, type ExperimentSources, slugsOfTables, unknownExperiment } from './known-experiments.ts';
import type { Listing } from './listing.ts';

export interface PlanSelection {
  /** Slugs as in the API or in table names; empty: all. Throws EXPERIMENT_UNKNOWN for an unknown one. */
  readonly experiments: readonly string[];
  /** Empty: all. */
  readonly periods: readonly AnalysisPeriod[];
  /** Applications as named in the API; empty: all. Excludes experiments without a record. */
  readonly apps: readonly string[];
  /** Also plan current files. */
  readonly force: boolean;
}

/** What a selection needs to know of a file. */
export interface SelectableFile {
  readonly experiment: string;
  readonly knownBy: KnownBy;
  readonly period?: AnalysisPeriod;
}

/** Whether a file is selected. */
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
 * A slug selects the experiment with exactly this slug or, if there is none, with this normal form, as in table names.
 * For experiments that the API does not list, only the normal form is known.
 */
function names(slug: string, { experiment, knownBy }: SelectableFile, listed: readonly Experiment[]): boolean {
  if (slug === experiment) return true;
  if (knownBy === 'tables') return normaliseSlug(slug) === normaliseSlug(experiment);
  return slug === normaliseSlug(experiment) && !listed.some((entry) => entry.slug === slug);
}

/**
 * Throws EXPERIMENT_UNKNOWN for a slug that is not in the API, in tables or in log rows, and USAGE for an unknown
 * application. If the API could not be read, throws that error instead.
 */
export async function checkSelection(
  { sink }: Pick<ExperimentSources, 'sink'>,
  selection: Pick<PlanSelection, 'experiments' | 'apps'>,
  { experiments: listed, unlisted, tables }: Listing,
  signal: AbortSignal,
): Promise<void> {
  const bySlug = listed.map((entry) => entry.slug);
  const byTable = slugsOfTables(tables, bySlug);
  const normalised = new Set(byTable.map(normaliseSlug));
  const isKnown = (slug: string) => bySlug.includes(slug) || normalised.has(normaliseSlug(slug));
  const others = selection.experiments.filter((slug) => !isKnown(slug));
  const logged = others.length === 0 ? [] : await sink.loggedExperiments(signal).catch(() => []);
  for (const slug of others) {
    if (!logged.includes(slug)) throw unlisted ?? unknownExperiment(slug, distinctSlugs(bySlug, byTable, logged));
  }
  if (selection.apps.length > 0 && unlisted !== undefined) throw unlisted;
  const apps = [...new Set(listed.map((entry) => entry.appName))];
  for (const app of selection.apps) {
    if (!apps.includes(app)) {
      throw new ContrailError('USAGE', `No experiment belongs to the application ${JSON.stringify(app)}.`, {
        hint: apps.length === 0 ? 'The experiments API lists none.' : `The applications are ${apps.sort().join(', ')}.`,
      });
    }
  }
}
