import { mkdirSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deploymentOf } from '../../../../src/app/compose/deployment.ts';
import { loadConfig } from '../../../../src/config/load-config.ts';
import { temporaryFolder } from '../../../support/duckdb.ts';

const BIGQUERY = { CONTRAIL_WAREHOUSE: 'bigquery://my-project?location=US', CONTRAIL_BUCKET: 'gs://my-bucket' };

function idOf(environment: Record<string, string>): string | undefined {
  return deploymentOf(loadConfig([], { environment }))?.id;
}

describe('the deployment of a configuration', () => {
  it('is the same however its paths are written', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'real'));
    symlinkSync(join(folder, 'real'), join(folder, 'link'));
    const written = [
      join(folder, 'real'),
      `//${join(folder, 'real')}`,
      relative(process.cwd(), join(folder, 'real')),
      join(folder, 'link', '.', ''),
      `${folder}/other/../real`,
    ];

    const ids = written.map((path) =>
      idOf({ CONTRAIL_WAREHOUSE: `duckdb:${path}/not/yet.duckdb`, CONTRAIL_BUCKET: `file:${path}/out/` }),
    );

    expect(new Set(ids).size).toBe(1);
  });

  it('is the same however the addresses of services are written', () => {
    const written = [
      { CONTRAIL_WAREHOUSE: 'bigquery://my-project', CONTRAIL_BUCKET: 'gs://my-bucket' },
      { CONTRAIL_WAREHOUSE: 'bigquery://my-project/?location=EU', CONTRAIL_BUCKET: 'gs://my-bucket/' },
    ];
    const emulated = ['localhost:9050', '127.0.0.1:9050', 'http://localhost:9050/'];

    expect(new Set(written.map(idOf)).size).toBe(1);
    expect(new Set(emulated.map((host) => idOf({ ...BIGQUERY, BIGQUERY_EMULATOR_HOST: host }))).size).toBe(1);
  });

  it('differs by warehouse, dataset, bucket and emulator', () => {
    const others = [
      {},
      { CONTRAIL_WAREHOUSE: 'bigquery://other-project' },
      { CONTRAIL_BUCKET: 'gs://other-bucket' },
      { CONTRAIL_BUCKET: 'file:my-bucket' },
      { CONTRAIL_RESULTS_DATASET: 'other' },
      { CONTRAIL_MONITORING_DATASET: 'other' },
      { BIGQUERY_EMULATOR_HOST: '127.0.0.1:9050' },
      { STORAGE_EMULATOR_HOST: '127.0.0.1:4443' },
    ].map((other) => idOf({ ...BIGQUERY, ...other }));

    expect(new Set(others).size).toBe(others.length);
  });

  it('has a name that tells both places and no credentials', () => {
    const config = loadConfig([], {
      environment: { ...BIGQUERY, STORAGE_EMULATOR_HOST: 'http://storage.example:4443/' },
    });

    expect(deploymentOf(config)?.name).toBe(
      'bigquery://my-project (datasets mozanalysis, monitoring) and gs://my-bucket at storage.example:4443',
    );
  });

  it('is unknown where a warehouse or a bucket is not set', () => {
    expect(idOf({ CONTRAIL_BUCKET: 'gs://my-bucket' })).toBeUndefined();
  });
});
