/** Two deployments whose settings name one Redis and one prefix, as users run them. */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { runStatements } from '../../src/adapters/duckdb/load-statistics.ts';
import { runContrail } from '../support/contrail.ts';
import { temporaryDuckDb, temporaryFolder } from '../support/duckdb.ts';
import { createLargeTable } from '../support/large-table.ts';

it('leaves the jobs of another deployment to it: publishes and reports none of them', async () => {
  const shared = { CONTRAIL_REDIS: inject('redisUrl'), CONTRAIL_QUEUE_PREFIX: `test-${randomUUID()}` };
  const deploy = async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'experiments.json'), '[]');
    const environment = {
      ...shared,
      CONTRAIL_WAREHOUSE: 'duckdb:./warehouse.duckdb',
      CONTRAIL_BUCKET: 'file:./bucket',
      CONTRAIL_EXPERIMENTER: 'file:./experiments.json',
    };
    const file = temporaryDuckDb({ path: join(folder, 'warehouse.duckdb'), waitMs: 30_000 });
    // The same table in both, so that their jobs have the same ids.
    await runStatements(file, createLargeTable('statistics_one_weekly', 100));
    const contrail = (command: string) => runContrail(command.split(' '), { environment, cwd: folder });
    return { folder, contrail, published: () => readdirSync(join(folder, 'bucket', 'statistics')) };
  };
  const [ours, theirs] = [await deploy(), await deploy()];

  const asked = [await theirs.contrail('backfill'), await ours.contrail('backfill')];
  const worked = await ours.contrail('worker --drain');
  const status = JSON.parse((await theirs.contrail('status --json')).stdout);

  expect([...asked, worked].map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(ours.published()).toEqual(['statistics_one_weekly.json']);
  expect(existsSync(join(theirs.folder, 'bucket', 'statistics'))).toBe(false);
  expect(status.totals).toEqual({ queued: 2 });
  expect(worked.stderr).toContain(`belongs to duckdb:${theirs.folder}/warehouse.duckdb`);
  expect(worked.stderr).toContain(`this worker serves duckdb:${ours.folder}/warehouse.duckdb`);
});
