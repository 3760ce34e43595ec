/** The dependencies of exports, from settings and adapters. */
import type { Config } from '../../config/load-config.ts';
import type { MetadataDependencies } from '../../workers/metadata/export-metadata.ts';
import { CONSOLE_RULES } from '../../domain/console-rules.ts';
import type { ExportDependencies } from '../../workers/statistics/export-request.ts';
import type { StatisticsHandlerDependencies } from '../../workers/statistics/statistics-handler.ts';
import type { WorkAdapters } from './adapters.ts';

export function exportDependencies(adapters: WorkAdapters, config: Config): ExportDependencies {
  return {
    source: adapters.source,
    store: adapters.store,
    clock: adapters.clock,
    settleMs: config['rerun.settle'],
    rules: CONSOLE_RULES[config['console.rules']],
    refusedShareLimit: config['statistics.refusedShare'],
    duplicateLimit: config['statistics.duplicateLimit'],
  };
}

export async function metadataDependencies(adapters: WorkAdapters, config: Config): Promise<MetadataDependencies> {
  const { metricHub, configurations } = await adapters.resolution();
  return {
    metricHub,
    configurations,
    experimentsApi: adapters.experiments,
    source: adapters.source,
    store: adapters.store,
    clock: adapters.clock,
    analysisLeadMs: config['metadata.analysisLead'],
  };
}

/** How to divide very large tables; undefined if the warehouse or the store cannot. */
export function divisionOf(adapters: WorkAdapters, config: Config): StatisticsHandlerDependencies['division'] {
  const { divisibleSource, composingStore, random } = adapters;
  if (divisibleSource === undefined || composingStore === undefined) return undefined;
  const fromRows = config['statistics.divideRows'];
  return { source: divisibleSource, store: composingStore, random, fromRows };
}
