/** The deployment of the settings. */
import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Config } from '../../config/load-config.ts';
import { type Deployment, deploymentAt } from '../../domain/deployment.ts';

/** Undefined if no warehouse or no bucket is set: such a process sees all jobs and makes none. */
export function deploymentOf(config: Config): Deployment | undefined {
  const { warehouse, bucket, resultsDataset, monitoringDataset } = config;
  if (warehouse === undefined || bucket === undefined) return undefined;
  return deploymentAt({
    warehouse:
      warehouse.scheme === 'duckdb'
        ? `duckdb:${realPath(warehouse.path)}`
        : `bigquery://${new URL(warehouse.text).hostname}${at(config.bigqueryEmulator)}`,
    resultsDataset,
    monitoringDataset,
    bucket:
      bucket.scheme === 'file'
        ? `file:${realPath(bucket.path)}`
        : `gs://${new URL(bucket.text).hostname}${at(config.storageEmulator)}`,
  });
}

/** Host and port of an emulator, without a user. */
function at(emulator: string | undefined): string {
  if (emulator === undefined) return '';
  const host = new URL(emulator).host.replace(/^(?:localhost|\[::1\])(?=:|$)/, '127.0.0.1');
  return ` at ${host}`;
}

/** Absolute and without symbolic links, even if the end of the path does not exist yet. */
function realPath(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch {
    const parent = dirname(absolute);
    return parent === absolute ? absolute : join(realPath(parent), basename(absolute));
  }
}
