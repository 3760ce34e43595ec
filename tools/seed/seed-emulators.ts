/** Fills emulators with what the demo shows: the sample's tables and views, the datasets, the bucket, the experiments. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { oddExperiments } from '../../src/cli/demo/odd-tables.ts';
import { sampleExperiments } from '../../src/cli/demo/sample.ts';
import type { Config } from '../../src/config/load-config.ts';
import { ContrailError } from '../../src/domain/errors.ts';
import { demoViews } from './demo-views.ts';
import { makeBucket } from './emulated-bucket.ts';
import { EmulatedWarehouse } from './emulated-warehouse.ts';
import { seedStatistics } from './seed-statistics.ts';
import { readStatisticsFolder } from './statistics-folder.ts';

const SAMPLE = fileURLToPath(new URL('../../sample', import.meta.url));

export interface Seeded {
  /** Views that were missing until now. */
  readonly made: number;
  /** All views of the sample. */
  readonly views: number;
}

/**
 * Makes what is missing; may be run again. Throws CONFIG_INVALID unless the settings name emulators for both services:
 * nothing is ever made in a real project.
 */
export async function seedEmulators(config: Config, now: number, signal: AbortSignal): Promise<Seeded> {
  const { project, warehouseUrl, bucket, storageUrl } = emulatorsOf(config);
  const warehouse = new EmulatedWarehouse({ project, apiEndpoint: warehouseUrl, signal });
  const { columns, views } = readStatisticsFolder(SAMPLE);
  const all = [...views, ...demoViews(views)];
  await makeBucket(storageUrl, bucket, signal);
  // Those who write records do not make the dataset.
  await warehouse.makeDataset(config.monitoringDataset);
  if (config.experimenter.scheme === 'file') writeExperiments(config.experimenter.path, now);
  return { made: await seedStatistics(warehouse, config.resultsDataset, { columns, views: all }), views: all.length };
}

function emulatorsOf({ warehouse, bucket, bigqueryEmulator, storageEmulator }: Config) {
  if (bigqueryEmulator === undefined || warehouse?.scheme !== 'bigquery') throw noEmulator('BigQuery');
  if (storageEmulator === undefined || bucket?.scheme !== 'gs') throw noEmulator('Cloud Storage');
  return {
    project: new URL(warehouse.text).hostname,
    warehouseUrl: bigqueryEmulator,
    bucket: new URL(bucket.text).hostname,
    storageUrl: storageEmulator,
  };
}

function noEmulator(service: string): ContrailError {
  return new ContrailError(
    'CONFIG_INVALID',
    `The settings name no emulator of ${service}, and only those are seeded.`,
    {
      hint: 'Set CONTRAIL_WAREHOUSE and BIGQUERY_EMULATOR_HOST, CONTRAIL_BUCKET and STORAGE_EMULATOR_HOST.',
    },
  );
}

function writeExperiments(path: string, now: number): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify([...sampleExperiments(now), ...oddExperiments(now)], undefined, 2));
}
