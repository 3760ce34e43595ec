/** Finds the experiment of a slug in an address. Private ones are as unknown as those that do not exist. */
import type { ContrailError } from '../../../domain/errors.ts';
import { toContrailError } from '../../../domain/errors.ts';
import type { Experiment } from '../../../domain/experiment.ts';
import { nearestNames } from '../../../domain/nearest-name.ts';
import { isSlug, isSlugOf, normaliseSlug, quote } from '../../../domain/slug.ts';
import type { ExperimentsApi } from '../../../ports/experiments-api.ts';
import type { RecordSink } from '../../../ports/record-sink.ts';
import type { StatisticsSource } from '../../../ports/statistics-source.ts';
import { distinctSlugs, listExperiments, slugsOfTables } from '../../../producer/known-experiments.ts';
import type { ExperimentNames, FoundExperiment } from '../../../web/pages/experiment/source.ts';
import type { Part } from '../../../web/part.ts';
import { analysisChoices } from '../../../workers/metadata/analysis-choices.ts';
import type { BuildDependencies } from '../../../workers/metadata/build-metadata.ts';

export interface FindDependencies {
  readonly experiments: ExperimentsApi;
  readonly resolution: () => Promise<BuildDependencies>;
  /** Experiments that only tables or log rows know. */
  readonly others: (signal: AbortSignal) => Promise<Part<readonly string[]>>;
}

export async function findExperiment(
  deps: FindDependencies,
  slug: string,
  signal: AbortSignal,
): Promise<FoundExperiment> {
  if (!isSlug(slug)) return { kind: 'unknown', nearest: [] };
  const { experiments, hidden, malformed, problem } = await visibleExperiments(deps, signal);
  const exact = experiments.find((experiment) => experiment.slug === slug);
  if (exact !== undefined) return { kind: 'listed', experiment: exact };
  if (hidden.some((one) => isSlugOf(slug, one))) return { kind: 'unknown', nearest: near(slug, experiments, []) };
  const [alias, another] = experiments.filter((experiment) => isSlugOf(slug, experiment.slug));
  if (alias !== undefined && another === undefined) return { kind: 'alias', slug: alias.slug };
  const unreadable = malformed.find((entry) => entry.slug === slug)?.error;
  if (unreadable !== undefined) return { kind: 'unlisted', slug, problem: unreadable.sentence };
  const others = await deps.others(signal);
  const known = others.kind === 'read' ? others.value : [];
  const found = known.find((name) => name === slug) ?? known.find((name) => isSlugOf(slug, name));
  if (found === slug) return { kind: 'unlisted', slug, problem: problem ?? unlisted(slug, deps.experiments.url) };
  if (found !== undefined) return { kind: 'alias', slug: found };
  const unread = problem ?? (others.kind === 'unread' ? others.problem : undefined);
  return {
    kind: 'unknown',
    nearest: near(slug, experiments, known),
    ...(unread === undefined ? {} : { problem: unread }),
  };
}

/** The experiments that may be shown, newest first. */
export async function listVisible(deps: FindDependencies, signal: AbortSignal): Promise<ExperimentNames> {
  const { experiments, problem } = await visibleExperiments(deps, signal);
  const newestFirst = experiments.toSorted(
    (a, b) => compare(b.startDate ?? '9999', a.startDate ?? '9999') || compare(a.slug, b.slug),
  );
  return { experiments: newestFirst, ...(problem === undefined ? {} : { problem }) };
}

export type OtherSources = {
  readonly source: StatisticsSource;
  readonly sink: Pick<RecordSink, 'loggedExperiments'>;
} & Pick<FindDependencies, 'experiments'>;

/** Experiments that tables or log rows know, and the API does not list. */
export async function otherExperiments(
  { source, sink, experiments: api }: OtherSources,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const [tables, logged, { experiments }] = await Promise.all([
    source.listTables(signal),
    sink.loggedExperiments(signal),
    listExperiments(api, signal),
  ]);
  const listed = experiments.map(({ slug }) => slug);
  const isListed = new Set(listed);
  return distinctSlugs(listed, slugsOfTables(tables, listed), logged).filter((slug) => !isListed.has(slug));
}

interface Visible {
  readonly experiments: readonly Experiment[];
  /** Slugs of private ones. */
  readonly hidden: readonly string[];
  readonly malformed: readonly { readonly slug?: string; readonly error: ContrailError }[];
  /** Why the API's list is missing. */
  readonly problem: string | undefined;
}

/** If metric-hub cannot be read, nothing is known to be private: what is published may be seen by everybody. */
async function visibleExperiments(
  { experiments: api, resolution }: FindDependencies,
  signal: AbortSignal,
): Promise<Visible> {
  const { experiments, malformed, unlisted } = await listExperiments(api, signal);
  const choiceOf = await analysisChoices(resolution, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    return toContrailError(error);
  });
  const isPrivate = (experiment: Experiment): boolean =>
    typeof choiceOf === 'function' && choiceOf(experiment).isPrivate;
  return {
    experiments: experiments.filter((experiment) => !isPrivate(experiment)),
    hidden: experiments.filter(isPrivate).map(({ slug }) => slug),
    malformed,
    problem: unlisted?.sentence,
  };
}

function near(slug: string, experiments: readonly Experiment[], others: readonly string[]): string[] {
  const known = [...experiments.map((experiment) => experiment.slug), ...others];
  const bySpelling = new Map(known.map((name) => [normaliseSlug(name), name]));
  return nearestNames(normaliseSlug(slug), bySpelling.keys()).map((name) => bySpelling.get(name) ?? name);
}

function unlisted(slug: string, url: string): string {
  return `The experiments API at ${url} does not list ${quote(slug)}, so Experimenter shows nothing of it and its configuration is unknown.`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
