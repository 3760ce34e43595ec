/** What an export of statistics needs, of the settings and the adapters. */
import type { Config } from '../config/load-config.ts';
import type { ExportDependencies } from '../workers/statistics/export-table.ts';
import type { Parts } from './wire.ts';

export function exportDependencies(parts: Parts, config: Config): ExportDependencies {
  return {
    ...parts,
    refusedShareLimit: config['statistics.refusedShare'],
    duplicateLimit: config['statistics.duplicateLimit'],
  };
}
