/** Everything needed to resolve one experiment: the merged configuration and the definitions behind it. */
import type { Lookups, TemplateScope } from './check-template.ts';
import type { Definitions, Settings } from './configuration.ts';
import { experimentAttributes } from './experiment-attributes.ts';
import { effectiveDates } from './external-config.ts';
import type { HubConfiguration } from './hub-configuration.ts';
import type { ReadExperiment } from '../domain/read-experiment.ts';

export interface ResolutionScope {
  readonly app: string;
  /** Defaults, the experiment's file and its outcomes, merged. */
  readonly settings: Settings;
  readonly definitions: Definitions;
  /** Analysis units of metrics and data sources that have none of their own. */
  readonly defaultUnits: readonly string[];
  /** Names for the SQL of metrics. */
  readonly templates: TemplateScope;
  /** Names for SQL about the experiment itself. */
  readonly experimentValues: ReadonlyMap<string, Lookups>;
}

export function resolutionScope(
  experiment: ReadExperiment,
  settings: Settings,
  hub: HubConfiguration,
): ResolutionScope {
  const app = experiment.appName;
  const parameters = { kind: 'parameter', known: new Set(settings.parameters.keys()) };
  return {
    app,
    settings,
    definitions: hub.definitionsOf(app),
    defaultUnits: app === 'firefox_desktop' ? ['client_id', 'profile_group_id'] : ['client_id'],
    templates: { functions: hub.functions, values: new Map([['parameters', parameters]]) },
    experimentValues: new Map([['experiment', experimentAttributes(effectiveDates(settings.experiment, experiment))]]),
  };
}
