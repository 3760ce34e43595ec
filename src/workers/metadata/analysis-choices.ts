/** Reads which experiments metric-hub leaves out of the analysis or keeps private, as of its newest revision. */
import { type AnalysisChoice, analysisChoice } from '../../metric-hub/analysis-choice.ts';
import type { BuildDependencies } from './build-metadata.ts';

export interface ChoosingExperiment {
  readonly slug: string;
  readonly appName: string;
}

/** Throws METRIC_HUB_UNREADABLE or CONFIGURATION_INVALID if that is unknown. */
export async function analysisChoices(
  resolution: () => Promise<BuildDependencies>,
  signal: AbortSignal,
): Promise<(experiment: ChoosingExperiment) => AnalysisChoice> {
  const { metricHub, configurations } = await resolution();
  const { newest } = await metricHub.current(signal);
  const hub = await configurations.load(newest, signal);
  return (experiment) => analysisChoice(experiment, { hub, isHubPrivate: metricHub.isPrivate });
}

/** Whether no results of an experiment are expected, because it is not analysed or they are private. */
export async function leftOutExperiments(
  resolution: () => Promise<BuildDependencies>,
  signal: AbortSignal,
): Promise<(experiment: ChoosingExperiment) => boolean> {
  const choiceOf = await analysisChoices(resolution, signal);
  return (experiment) => {
    const { isSkipped, isPrivate } = choiceOf(experiment);
    return isSkipped || isPrivate;
  };
}
