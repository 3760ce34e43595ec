/** The dependencies of `contrail why`, from settings and adapters. */
import type { Config } from '../../config/load-config.ts';
import { CONSOLE_RULES } from '../../domain/console-rules.ts';
import type { WhyDependencies } from '../why/explain-experiment.ts';
import type { WorkAdapters } from './adapters.ts';

export function whyDependencies(adapters: WorkAdapters, config: Config): WhyDependencies {
  const { experiments, sink, source, store, reader, resolution, clock } = adapters;
  return { experiments, sink, source, store, reader, resolution, clock, rules: CONSOLE_RULES[config['console.rules']] };
}
