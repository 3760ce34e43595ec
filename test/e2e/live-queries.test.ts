/** The shipped `config/queries.live.toml` through the command line, on DuckDB. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runContrail } from '../support/contrail.ts';
import { temporaryFolder } from '../support/duckdb.ts';
import { experimentRecord } from '../support/experiment-record.ts';
import { expectedLiveText, LIVE_EXPERIMENTS, LIVE_NOW, LIVE_QUERIES, liveTables } from '../support/live-queries.ts';

/** A process for each query. */
const LONGEST_MS = 600_000;

it(
  'every live query of the shipped file publishes what a plain computation gives',
  async () => {
    const folder = temporaryFolder();
    const warehouse = join(folder, 'warehouse.duckdb');
    const { queries } = await liveTables(warehouse);
    mkdirSync(join(folder, 'metric-hub', 'jetstream'), { recursive: true });
    copyFileSync(LIVE_QUERIES, join(folder, 'queries.live.toml'));
    const records = LIVE_EXPERIMENTS.map(({ slug, startedAt }) =>
      experimentRecord(slug, { startDate: new Date(startedAt).toISOString().slice(0, 10) }),
    );
    writeFileSync(join(folder, 'experiments.json'), JSON.stringify(records));
    const environment = {
      CONTRAIL_WAREHOUSE: `duckdb:${warehouse}`,
      CONTRAIL_BUCKET: `file:${join(folder, 'bucket')}`,
      CONTRAIL_EXPERIMENTER: `file:${join(folder, 'experiments.json')}`,
      CONTRAIL_METRIC_HUB: `file:${join(folder, 'metric-hub')}`,
      CONTRAIL_QUERIES: join(folder, 'queries.live.toml'),
      CONTRAIL_NOW: new Date(LIVE_NOW).toISOString(),
    };

    const runs = [];
    for (const { name } of queries) runs.push(await runContrail(['run', 'query', name], { environment }));

    expect(runs.filter(({ code }) => code !== 0)).toEqual([]);
    const published = join(folder, 'bucket', 'monitoring');
    expect(readdirSync(published)).toHaveLength(16 * LIVE_EXPERIMENTS.length);
    for (const experiment of LIVE_EXPERIMENTS) {
      for (const { name } of queries) {
        const object = `${experiment.slug}_${name.replace('live_', '')}.json`;
        expect(readFileSync(join(published, object), 'utf8'), object).toBe(expectedLiveText(name, experiment));
      }
    }
  },
  LONGEST_MS,
);
