/** `contrail run query` on a DuckDB file with one table of numbers by experiment, and a bucket of its own. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runContrail, startContrail } from './contrail.ts';
import { queryRows, temporaryDuckDb, temporaryFolder } from './duckdb.ts';
import { experimentRecord } from './experiment-record.ts';

export const NOW = '2026-01-15T12:00:00Z';

/** One entry that cuts `live.numbers` into a file for each experiment. */
export const SPLIT_NUMBERS = `
[[query]]
name = "numbers"
table = "my-project.live.numbers"
columns = ["experiment", "time", "value"]
scope = "split"
object = "live/{slug}_numbers.json"
every = "5m"
orderBy = ["time desc"]
`;

export interface QueriesRunOptions {
  /** Slugs that are listed as running. */
  readonly slugs?: readonly string[];
  /** Of those, slugs that metric-hub says are private. */
  readonly secret?: readonly string[];
}

export async function queriesRun(queries: string, { slugs = ['a', 'b'], secret = [] }: QueriesRunOptions = {}) {
  const folder = temporaryFolder();
  const path = (name: string): string => join(folder, name);
  const warehouse = path('warehouse.duckdb');
  const file = temporaryDuckDb({ path: warehouse, waitMs: 30_000 });
  const sql = (...statements: readonly string[]): Promise<void> =>
    file.use('write', async (connection) => {
      for (const statement of statements) await connection.run(statement);
    });
  await sql('CREATE SCHEMA live', 'CREATE TABLE live.numbers (experiment VARCHAR, time TIMESTAMPTZ, value BIGINT)');
  const write = (text: string): void => writeFileSync(path('queries.toml'), text);
  write(queries);
  writeFileSync(path('experiments.json'), JSON.stringify(slugs.map((slug) => experimentRecord(slug))));
  mkdirSync(path('metric-hub/jetstream'), { recursive: true });
  for (const slug of secret) {
    const text = '[experiment]\nis_private = true\ndataset_id = "elsewhere"\n';
    writeFileSync(path(`metric-hub/jetstream/${slug}.toml`), text);
  }
  const environment = {
    CONTRAIL_WAREHOUSE: `duckdb:${warehouse}`,
    CONTRAIL_BUCKET: `file:${path('bucket')}`,
    CONTRAIL_EXPERIMENTER: `file:${path('experiments.json')}`,
    CONTRAIL_METRIC_HUB: `file:${path('metric-hub')}`,
    CONTRAIL_QUERIES: path('queries.toml'),
    CONTRAIL_NOW: NOW,
    CONTRAIL_DUCKDB_WAIT: '30s',
  };
  const words = (command: string): string[] => `run query ${command}`.trim().split(' ');
  return {
    bucket: path('bucket'),
    environment,
    sql,
    write,
    rows: (text: string) => queryRows(file, text),
    run: (command: string) => runContrail(words(command), { environment }),
    start: (command: string) => startContrail(words(command), { environment }),
    json: async (command: string): Promise<unknown> => {
      const { stdout } = await runContrail(words(`${command} --json`), { environment });
      return JSON.parse(stdout);
    },
    read: (object: string): string => readFileSync(join(path('bucket'), object), 'utf8'),
  };
}
