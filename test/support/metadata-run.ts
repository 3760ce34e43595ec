/** `contrail run metadata` on the fixtures, with a bucket of its own. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runContrail } from './contrail.ts';
import { temporaryFolder } from './duckdb.ts';

export const METADATA_FIXTURES = fileURLToPath(new URL('../fixtures/metadata/', import.meta.url));

export function metadataRun(changes: Record<string, string> = {}) {
  const folder = temporaryFolder();
  const environment = {
    CONTRAIL_WAREHOUSE: `duckdb:${join(folder, 'warehouse.duckdb')}`,
    CONTRAIL_BUCKET: `file:${join(folder, 'bucket')}`,
    CONTRAIL_EXPERIMENTER: `file:${join(METADATA_FIXTURES, 'experimenter')}`,
    CONTRAIL_METRIC_HUB: `file:${join(METADATA_FIXTURES, 'metric-hub')}`,
    ...changes,
  };
  return {
    bucket: join(folder, 'bucket'),
    run: (...options: readonly string[]) =>
      runContrail(['run', 'metadata', ...options, '--json'], { environment, cwd: folder }),
  };
}
