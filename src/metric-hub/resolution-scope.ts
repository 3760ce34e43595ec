/** All that one experiment is resolved with: the merged configuration and the definitions behind it. */
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
  /** Units of metrics and data sources that name none. */
  readonly defaultUnits: readonly string[];
  /** What the SQL of metrics may use. */
  readonly templates: TemplateScope;
  /** What SQL about the experiment itself may use. */
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
