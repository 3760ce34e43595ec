/** Which experiments a query is for (docs/queries.md). */
import { daysSinceStart, type WatchedExperiment } from '../../alerts/inputs.ts';
import { isRunning } from '../../alerts/running.ts';
import { ContrailError, toContrailError } from '../../domain/errors.ts';
import { didYouMean } from '../../domain/nearest-name.ts';
import type { QueriedExperiment } from '../../domain/query-export/built-in-parameters.ts';
import type { ExperimentChoice } from '../../domain/query-export/query-export.ts';
import { quote } from '../../domain/slug.ts';
import { dayOf, daysBetween } from '../../domain/utc-time.ts';
import type { ExperimentsApi } from '../../ports/experiments-api.ts';
import { analysisChoices } from '../metadata/analysis-choices.ts';
import type { BuildDependencies } from '../metadata/build-metadata.ts';
import { watchedExperiments } from '../monitoring/watched-experiments.ts';

export interface ChoiceDependencies {
  readonly experimentRecords: Pick<ExperimentsApi, 'url' | 'fetch'>;
  /** metric-hub, which says which experiments are private. */
  readonly resolution: () => Promise<BuildDependencies>;
}

/** The experiments that are chosen at `now` (milliseconds since 1970), by slug. Throws if it is not known which are private. */
export async function chosenExperiments(
  deps: ChoiceDependencies,
  choice: ExperimentChoice,
  { now, signal }: { readonly now: number; readonly signal: AbortSignal },
): Promise<QueriedExperiment[]> {
  const { watched } = await watchedExperiments(deps.experimentRecords, now, signal);
  const chosen = watched.filter((experiment) => isChosen(experiment, choice, now));
  const open = await withoutPrivate(deps, chosen, signal);
  return uniqueBySlug(open).map(queried);
}

/**
 * An experiment that somebody names, chosen or not; undefined if it is private. Throws EXPERIMENT_UNKNOWN if there is none
 * of that name, or it has not started.
 */
export async function namedExperiment(
  deps: ChoiceDependencies,
  slug: string,
  { now, signal }: { readonly now: number; readonly signal: AbortSignal },
): Promise<QueriedExperiment | undefined> {
  const { watched } = await watchedExperiments(deps.experimentRecords, now, signal);
  const found = watched.find((experiment) => experiment.slug === slug);
  if (found === undefined) {
    const nearest = didYouMean(
      slug,
      watched.map((experiment) => experiment.slug),
    );
    throw new ContrailError('EXPERIMENT_UNKNOWN', `${deps.experimentRecords.url} has no experiment ${quote(slug)}.`, {
      hint: `${nearest}Only launched experiments are listed.`,
    });
  }
  if (daysSinceStart(found, now) === undefined) {
    throw new ContrailError('EXPERIMENT_UNKNOWN', `The experiment ${quote(slug)} has not started.`);
  }
  return (await withoutPrivate(deps, [found], signal)).map(queried)[0];
}

function isChosen(experiment: WatchedExperiment, choice: ExperimentChoice, now: number): boolean {
  if (daysSinceStart(experiment, now) === undefined) return false;
  if (experiment.isRollout && !choice.hasRollouts) return false;
  return isRunning(experiment, now) ? choice.isRunning : hasEndedWithin(experiment, choice.endedDays, now);
}

function hasEndedWithin({ endDate }: WatchedExperiment, days: number, now: number): boolean {
  const age = endDate === null ? undefined : daysBetween(endDate, dayOf(now));
  return age !== undefined && days > 0 && age >= 0 && age <= days;
}

async function withoutPrivate(
  { resolution }: ChoiceDependencies,
  experiments: readonly WatchedExperiment[],
  signal: AbortSignal,
): Promise<WatchedExperiment[]> {
  if (experiments.length === 0) return [];
  try {
    const choiceOf = await analysisChoices(resolution, signal);
    return experiments.filter((experiment) => !choiceOf(experiment).isPrivate);
  } catch (error) {
    signal.throwIfAborted();
    throw privacyUnknown(toContrailError(error));
  }
}

/** Publishing a private experiment would be worse than publishing nothing. */
function privacyUnknown({ code, message, hint, subject }: ContrailError): ContrailError {
  return new ContrailError(code, `It is unknown which experiments are private, so no file was published: ${message}`, {
    ...(hint === undefined ? {} : { hint }),
    ...(subject === undefined ? {} : { subject }),
  });
}

function uniqueBySlug(experiments: readonly WatchedExperiment[]): WatchedExperiment[] {
  const bySlug = new Map(experiments.map((experiment) => [experiment.slug, experiment]));
  return [...bySlug.values()].sort((a, b) => (a.slug < b.slug ? -1 : 1));
}

function queried({ slug, startDate }: WatchedExperiment): QueriedExperiment {
  return { slug, startedAt: Date.parse(`${startDate}T00:00:00Z`) };
}
