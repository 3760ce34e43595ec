/** The shipped `config/queries.live.toml`, from DuckDB tables to files, compared with a plain computation. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DuckDbQuerySource } from '../../../src/adapters/duckdb/query-source.ts';
import { FileObjectStore } from '../../../src/adapters/filesystem/object-store.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { runQuery } from '../../../src/workers/queries/run-query.ts';
import { temporaryFolder } from '../../support/duckdb.ts';
import { expectedLiveText, LIVE_EXPERIMENTS, LIVE_NOW, liveTables } from '../../support/live-queries.ts';

const { signal } = new AbortController();

async function setup() {
  const { file, queries } = await liveTables();
  const bucket = temporaryFolder();
  const store = new FileObjectStore({ root: bucket, clock: systemClock });
  const deps = { store, clock: systemClock, queries: new DuckDbQuerySource({ file, clock: systemClock }) };
  return { deps, bucket, queries };
}

describe('the live monitoring files', () => {
  it('are sixteen for each experiment, with the rows that a plain computation gives', async () => {
    const { deps, bucket, queries } = await setup();

    for (const definition of queries) {
      await runQuery(deps, { definition, tick: LIVE_NOW, job: definition.name, experiments: LIVE_EXPERIMENTS, signal });
    }

    const folder = join(bucket, 'monitoring');
    expect(readdirSync(folder)).toHaveLength(16 * LIVE_EXPERIMENTS.length);
    for (const experiment of LIVE_EXPERIMENTS) {
      for (const { name } of queries) {
        const object = `${experiment.slug}_${name.replace('live_', '')}.json`;
        expect(readFileSync(join(folder, object), 'utf8'), object).toBe(expectedLiveText(name, experiment));
      }
    }
  });
});
