/** A deployment on a DuckDB file and a folder, as users run it: commands that share its settings and a Redis prefix. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { type Environment, runContrail, startContrail } from './contrail.ts';
import { temporaryDuckDb, temporaryFolder } from './duckdb.ts';

export function deployment(warehouse = join(temporaryFolder(), 'warehouse.duckdb')) {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'experiments.json'), '[]');
  const bucket = join(folder, 'bucket');
  const environment: Environment = {
    CONTRAIL_WAREHOUSE: `duckdb:${warehouse}`,
    CONTRAIL_BUCKET: `file:${bucket}`,
    CONTRAIL_EXPERIMENTER: `file:${join(folder, 'experiments.json')}`,
    CONTRAIL_REDIS: inject('redisUrl'),
    CONTRAIL_QUEUE_PREFIX: `test-${randomUUID()}`,
    CONTRAIL_DUCKDB_WAIT: '30s',
  };
  const start = (command: string) => startContrail(command.split(' '), { environment, cwd: folder });
  const contrail = (command: string) => runContrail(command.split(' '), { environment, cwd: folder });
  const json = async (command: string) => JSON.parse((await contrail(`${command} --json`)).stdout);
  const file = temporaryDuckDb({ path: warehouse, waitMs: 30_000 });
  return { bucket, file, environment, start, contrail, json };
}
