/** Resolves an experiment with a revision of metric-hub into the content of its file (spec: metadata, sections 4, 7 and 8). */
import type { AnalysisPeriod } from '../domain/analysis-period.ts';
import { checkTemplate } from './check-template.ts';
import type { Settings } from './configuration.ts';
import type { Sourced } from './sourced.ts';
import { configurationError } from './configuration-error.ts';
import { type ExternalConfig, externalConfigOf } from './external-config.ts';
import type { HubConfiguration } from './hub-configuration.ts';
import { mergeSettings, putUnder } from './merge.ts';
import type { ReadExperiment } from '../domain/read-experiment.ts';
import { periodMetrics } from './period-metrics.ts';
import { resolutionScope, type ResolutionScope } from './resolution-scope.ts';
import { resolveDataSource } from './resolve-data-source.ts';
import { type ResolvedMetric, resolveMetrics } from './resolve-metric.ts';
import { checkSegments } from './resolve-segment.ts';

export interface ResolvedExperiment {
  readonly metrics: readonly ResolvedMetric[];
  readonly externalConfig: ExternalConfig | null;
  /** The metrics of each period, as the analysis computes them. */
  readonly periods: ReadonlyMap<AnalysisPeriod, readonly ResolvedMetric[]>;
}

/** The application's defaults, overridden by the experiment's own file. */
export function settingsFor(experiment: Pick<ReadExperiment, 'slug' | 'appName'>, hub: HubConfiguration): Settings {
  const defaults = hub.defaultsOf(experiment.appName);
  const own = hub.settingsOf(experiment.slug);
  return own === undefined ? defaults : mergeSettings(defaults, own);
}

/** Resolves the whole configuration. Throws CONFIGURATION_INVALID if the analysis could not run with it. */
export function resolveExperiment(
  experiment: ReadExperiment,
  settings: Settings,
  hub: HubConfiguration,
): ResolvedExperiment {
  const scope = resolutionScope(experiment, withOutcomes(experiment, settings, hub), hub);
  checkExperiment(experiment, scope);
  const metrics = resolveMetrics(scope);
  return {
    metrics,
    externalConfig: externalConfigOf(settings.experiment, experiment),
    periods: periodMetrics(scope.settings.lists, metrics),
  };
}

/** Merges the outcomes under the settings one after another, so that the first one wins. */
function withOutcomes(experiment: ReadExperiment, settings: Settings, hub: HubConfiguration): Settings {
  const configured = settings.experiment.outcomes;
  const slugs = new Set([...experiment.outcomes, ...(configured?.value ?? [])]);
  return [...slugs].reduce((merged, slug) => {
    const outcome = hub.outcomeOf(experiment.appName, slug);
    if (outcome !== undefined) return putUnder(outcome, merged);
    const isOwn = experiment.outcomes.includes(slug) || configured === undefined;
    throw unknownOutcome({ slug, app: experiment.appName, file: isOwn ? undefined : configured.file }, hub);
  }, settings);
}

function unknownOutcome(
  { slug, app, file }: { readonly slug: string; readonly app: string; readonly file: string | undefined },
  hub: HubConfiguration,
) {
  const missing = `unknown outcome ${JSON.stringify(slug)} for ${app}`;
  return configurationError({
    ...(file === undefined
      ? { file: `jetstream/outcomes/${app}/${slug}.toml`, problem: `${missing}, which the experiment names` }
      : { file, table: '[experiment]', key: 'outcomes', problem: missing }),
    unknown: { name: slug, known: hub.outcomeSlugs(app) },
  });
}

/** Checks the experiment's own settings that can stop the analysis. */
function checkExperiment(experiment: ReadExperiment, scope: ResolutionScope): void {
  const { enrollmentQuery, exposureDataSource } = scope.settings.experiment;
  if (enrollmentQuery !== undefined) checkEnrollmentQuery(enrollmentQuery, scope);
  checkSegments(experiment.segments, scope);
  if (exposureDataSource !== undefined) {
    const user = { name: exposureDataSource, table: '[experiment.exposure_signal]', key: 'data_source' };
    resolveDataSource(user, scope);
  }
}

function checkEnrollmentQuery(query: Sourced<string>, { experimentValues }: ResolutionScope): void {
  const scope = { functions: new Set<string>(), values: experimentValues };
  checkTemplate(query, scope, { table: '[experiment]', key: 'enrollment_query' });
}
