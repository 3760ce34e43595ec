/** Builds the text of an experiment's metadata file from its record and metric-hub. Writes nothing. */
import { outcomePath } from '../../domain/metric-hub-path.ts';
import type { Warning } from '../../domain/outcome.ts';
import type { HubState, MetricHub } from '../../ports/metric-hub.ts';
import type { ConfigurationLoader } from './configuration-loader.ts';
import type { HubConfiguration } from '../../metric-hub/hub-configuration.ts';
import { type ListedOutcome, metadataText } from './metadata-text.ts';
import { metadataWarnings } from './metadata-warnings.ts';
import type { ReadExperiment } from '../../domain/read-experiment.ts';
import { resolveExperiment, settingsFor } from '../../metric-hub/resolve-experiment.ts';
import { storableContent } from './storable-content.ts';

export interface BuildDependencies {
  readonly metricHub: MetricHub;
  /** Shared by all builds of a process. */
  readonly configurations: ConfigurationLoader;
}

export interface BuildRequest {
  readonly experiment: ReadExperiment;
  /** As `analysis-start.ts` formats it; null: there was no run. */
  readonly analysisStart: string | null;
  /** When the experiment was first analysed, milliseconds since 1970. Metrics are resolved as of then. */
  readonly firstAnalysedAt: number | undefined;
  readonly signal: AbortSignal;
}

export type BuiltMetadata =
  | {
      readonly kind: 'file';
      readonly text: string;
      /** The newest revision, for the object's metadata. */
      readonly revision: string;
      readonly warnings: readonly Warning[];
    }
  /** There must be no file, with the reason. */
  | { readonly kind: 'nothing'; readonly reason: string };

/**
 * Builds the file of an experiment. Throws CONFIGURATION_INVALID if metric-hub or the experiment's configuration is
 * invalid, METRIC_HUB_UNREADABLE if it cannot be read.
 */
export async function buildMetadata(deps: BuildDependencies, request: BuildRequest): Promise<BuiltMetadata> {
  const { experiment, analysisStart, signal } = request;
  if (experiment.slug === '') return { kind: 'nothing', reason: 'the experiment has no slug' };
  if (deps.metricHub.isPrivate) return { kind: 'nothing', reason: 'metric-hub is a private repository' };
  const state = await deps.metricHub.current(signal);
  const newest = await deps.configurations.load(state.newest, signal);
  const pinned = await configurationAt(deps, state, request);
  const settings = settingsFor(experiment, pinned);
  const isPrivate = [settings, settingsFor(experiment, newest)].some(
    ({ experiment: { isPrivate } }) => isPrivate?.value === true,
  );
  if (isPrivate) return { kind: 'nothing', reason: 'the experiment is private' };
  const { metrics, externalConfig } = resolveExperiment(experiment, settings, pinned);
  const outcomes = await listOutcomes(experiment, { state, newest, signal });
  const { content, places } = storableContent({ analysisStart, metrics, externalConfig, outcomes });
  return {
    kind: 'file',
    text: metadataText(content),
    revision: state.newest.id,
    warnings: metadataWarnings({ staleHub: state.warning, nulPlaces: places }),
  };
}

/** The first valid revision of metric-hub from the experiment's first analysis on. */
export async function configurationAt(
  { configurations }: Pick<BuildDependencies, 'configurations'>,
  state: HubState,
  { firstAnalysedAt, signal }: Pick<BuildRequest, 'firstAnalysedAt' | 'signal'>,
): Promise<HubConfiguration> {
  if (firstAnalysedAt === undefined) return configurations.load(state.newest, signal);
  return configurations.loadFirstUsable(await state.since(firstAnalysedAt, signal), signal);
}

/** The record's outcomes as in the newest revision; outcomes that it no longer has are left out. */
async function listOutcomes(
  { appName, outcomes }: ReadExperiment,
  {
    state,
    newest,
    signal,
  }: { readonly state: HubState; readonly newest: HubConfiguration; readonly signal: AbortSignal },
): Promise<ListedOutcome[]> {
  const listed: ListedOutcome[] = [];
  for (const slug of new Set(outcomes)) {
    const outcome = newest.outcomeOf(appName, slug);
    if (outcome === undefined) continue;
    listed.push({
      slug,
      commitHash: await state.newest.lastCommitOf(outcomePath(appName, slug), signal),
      defaultMetrics: outcome.defaultMetrics,
      description: outcome.description,
      friendlyName: outcome.friendlyName,
      metrics: [...outcome.metrics.keys()],
    });
  }
  return listed;
}
