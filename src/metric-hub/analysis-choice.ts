/** What metric-hub decides about an experiment as a whole: whether it is analysed, and whether its results are private. */
import type { HubConfiguration } from './hub-configuration.ts';
import { settingsFor } from './resolve-experiment.ts';

export interface AnalysisChoice {
  /** The analysis leaves it out. */
  readonly isSkipped: boolean;
  /** Its results are not published. */
  readonly isPrivate: boolean;
}

export interface ChoiceSource {
  readonly hub: HubConfiguration;
  /** The repository is private, and with it every experiment that it configures. */
  readonly isHubPrivate: boolean;
}

export function analysisChoice(
  experiment: { readonly slug: string; readonly appName: string },
  { hub, isHubPrivate }: ChoiceSource,
): AnalysisChoice {
  const { skip, isPrivate } = settingsFor(experiment, hub).experiment;
  const isOfPrivateHub = isHubPrivate && hub.settingsOf(experiment.slug) !== undefined;
  return { isSkipped: skip?.value === true, isPrivate: isOfPrivateHub || isPrivate?.value === true };
}
