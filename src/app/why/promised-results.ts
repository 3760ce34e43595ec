/** What the configuration of an experiment promises: its metrics in each period, and the settings that decide what is due. */
import type { AnalysisPeriod } from '../../domain/analysis-period.ts';
import type { Experiment } from '../../domain/experiment.ts';
import { readExperiment } from '../../domain/read-experiment.ts';
import {
  ANALYSIS_BASES,
  type TracedExperiment,
  type TracedMetric,
  type TraceSettings,
} from '../../domain/trace/inputs.ts';
import type { Settings } from '../../metric-hub/configuration.ts';
import type { HubConfiguration } from '../../metric-hub/hub-configuration.ts';
import { resolveExperiment, settingsFor } from '../../metric-hub/resolve-experiment.ts';
import type { ResolvedMetric } from '../../metric-hub/resolve-metric.ts';
import { type BuildDependencies, configurationAt } from '../../workers/metadata/build-metadata.ts';

export interface PromisedResults {
  readonly experiment: TracedExperiment;
  readonly settings: TraceSettings;
  readonly metrics: ReadonlyMap<AnalysisPeriod, readonly TracedMetric[]>;
  readonly primaryMetrics: ReadonlySet<string>;
  /** Names of all metrics that the application defines, whether the experiment uses them or not. */
  readonly definedMetrics: ReadonlySet<string>;
  /** Why the configuration may be an old one. */
  readonly warning: string | undefined;
}

/**
 * Resolves the configuration as the analysis does. Throws EXPERIMENT_MALFORMED, CONFIGURATION_INVALID,
 * METRIC_HUB_UNREADABLE.
 */
export async function promisedResults(
  { metricHub, configurations }: BuildDependencies,
  record: Experiment,
  { firstAnalysedAt, signal }: { readonly firstAnalysedAt: number | undefined; readonly signal: AbortSignal },
): Promise<PromisedResults> {
  const experiment = readExperiment(record);
  const state = await metricHub.current(signal);
  const newest = await configurations.load(state.newest, signal);
  const pinned = await configurationAt({ configurations }, state, { firstAnalysedAt, signal });
  const settings = settingsFor(experiment, pinned);
  const { periods } = resolveExperiment(experiment, settings, pinned);
  const app = experiment.appName;
  return {
    experiment: tracedExperiment(record, experiment.segments, experiment.referenceBranch),
    settings: traceSettings(settings),
    metrics: new Map([...periods].map(([period, metrics]) => [period, metrics.map(tracedMetric)])),
    primaryMetrics: new Set(metricsOfOutcomes(newest, app, record.trace?.primaryOutcomes ?? [])),
    definedMetrics: new Set([
      ...pinned.definitionsOf(app).metrics.keys(),
      ...settings.metrics.keys(),
      ...metricsOfOutcomes(pinned, app, pinned.outcomeSlugs(app)),
    ]),
    warning: state.warning,
  };
}

function tracedExperiment(
  { slug, startDate, endDate, enrollmentEndDate, console: consoleRecord, results }: Experiment,
  segments: readonly string[],
  referenceBranch: string | null,
): TracedExperiment {
  return {
    slug,
    startDate,
    endDate,
    enrollmentEndDate,
    branches: consoleRecord?.branches ?? [],
    referenceBranch,
    segments,
    isRollout: results?.isRollout ?? false,
    isHoldback: results?.isHoldback ?? false,
    doRerun: results?.doRerun ?? false,
  };
}

function traceSettings({ experiment: { startDate, endDate, enrollmentPeriod, skip } }: Settings): TraceSettings {
  return {
    ...(startDate === undefined ? {} : { startDate: startDate.value }),
    ...(endDate === undefined ? {} : { endDate: endDate.value }),
    ...(enrollmentPeriod === undefined ? {} : { enrollmentPeriod: enrollmentPeriod.value }),
    ...(skip === undefined ? {} : { skip: skip.value }),
  };
}

function tracedMetric({ name, analysisBases }: ResolvedMetric): TracedMetric {
  return { name, bases: ANALYSIS_BASES.filter((basis) => analysisBases.includes(basis)) };
}

function metricsOfOutcomes(hub: HubConfiguration, app: string, outcomes: readonly string[]): string[] {
  return outcomes.flatMap((slug) => [...(hub.outcomeOf(app, slug)?.metrics.keys() ?? [])]);
}
