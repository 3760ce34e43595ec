/** `contrail run query` against the emulators of both services. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readQueriesFile } from '../../src/config/queries/read-queries-file.ts';
import type { Column } from '../../src/domain/column-type.ts';
import type { QueryExport } from '../../src/domain/query-export/query-export.ts';
import { makeDataset, putTable } from '../support/bigquery-tables.ts';
import { runContrail } from '../support/contrail.ts';
import { temporaryFolder } from '../support/duckdb.ts';
import { startEmulatedStack } from '../support/emulated-stack.ts';
import { type BigQueryEmulator, describeWithEmulators } from '../support/emulators.ts';
import { experimentRecord } from '../support/experiment-record.ts';
import { expectedLiveText, LIVE_EXPERIMENTS, LIVE_NOW, LIVE_QUERIES, LIVE_ROWS } from '../support/live-queries.ts';

const COLUMNS: readonly Column[] = [
  { name: 'experiment', type: { kind: 'string' } },
  { name: 'branch', type: { kind: 'string' } },
  { name: 'value', type: { kind: 'int64' } },
  { name: 'time', type: { kind: 'timestamp' } },
];
const ROWS = [
  ['a', 'control', 1, '2026-01-13 04:31:00'],
  ['a', 'control', 2, '2026-01-13 04:34:00'],
  ['a', null, 4, '2026-01-13 04:41:00'],
  ['b', 'control', 8, '2026-01-13 04:31:00'],
  ['elsewhere', 'control', 16, '2026-01-13 04:31:00'],
] as const;

/** As in config/queries.live.toml, for one table of this project. */
function queries(project: string): string {
  return `
[[query]]
name = "live"
table = "${project}.live.events"
columns = ["experiment", "branch", "value", "time"]
sum = { column = "value", by = ["experiment", "branch", "time"] }
step = { column = "time", fine = "5m", coarse = "30m", afterDays = 14, take = "sum" }
since = "start"
scope = "split"
experiments = { running = true, endedDays = 14, rollouts = true }
object = "monitoring/{slug}_events_by_branch.json"
every = "5m"
orderBy = ["time desc", "branch"]
nulls = "omit"
`;
}

/** A query of each entry of the shipped file. */
const ONE_OF_EACH = [
  'experiment_enrollment_overall_v1',
  'experiment_cumulative_ad_clicks_v1',
  'experiment_enrollment_daily_active_population',
].flatMap((item) => [`live_${item}_by_branch`, `live_${item}`]);
/** A process for each of 22 runs. */
const LIVE_TIMEOUT_MS = 600_000;

async function putLiveTables(emulator: BigQueryEmulator, queries: readonly QueryExport[]): Promise<void> {
  const tables = queries.flatMap(({ query: { from } }) => (from.kind === 'table' ? [from.table] : []));
  for (const dataset of new Set(tables.map((table) => table.dataset))) await makeDataset(emulator, dataset);
  const rows = LIVE_ROWS.map(({ experiment, branch, value, time }) => [
    experiment,
    branch,
    value,
    new Date(time).toISOString().slice(0, 19).replace('T', ' '),
  ]);
  const byName = new Map(tables.map(({ dataset, table }) => [`${dataset}.${table}`, { dataset, table }]));
  for (const place of byName.values()) await putTable(emulator, place, COLUMNS, rows);
}

describeWithEmulators('configured queries', ['bigquery-emulator', 'fake-gcs-server'], () => {
  it('become a file for each experiment, once', async () => {
    const stack = await startEmulatedStack();
    await makeDataset(stack.emulator, 'live');
    await putTable(stack.emulator, { dataset: 'live', table: 'events' }, COLUMNS, ROWS);
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'metric-hub', 'jetstream'), { recursive: true });
    writeFileSync(join(folder, 'queries.toml'), queries(stack.emulator.project));
    const startDate = '2026-01-10';
    const records = ['a', 'b', 'c'].map((slug) => experimentRecord(slug, { startDate }));
    writeFileSync(join(folder, 'experiments.json'), JSON.stringify(records));
    const environment = {
      ...stack.environment,
      CONTRAIL_EXPERIMENTER: `file:${join(folder, 'experiments.json')}`,
      CONTRAIL_METRIC_HUB: `file:${join(folder, 'metric-hub')}`,
      CONTRAIL_QUERIES: join(folder, 'queries.toml'),
      CONTRAIL_NOW: '2026-01-15T12:00:00Z',
    };
    const json = async (command: string): Promise<unknown> => {
      const run = await runContrail([...command.split(' '), '--json'], { environment, longestRunMs: 100_000 });
      return run.stdout === '' ? run : JSON.parse(run.stdout);
    };

    const dry = await json('run query live --dry-run');
    const first = await json('run query live');
    const second = await json('run query live');

    expect(dry).toMatchObject({ objects: ['a', 'b', 'c'].map((slug) => `monitoring/${slug}_events_by_branch.json`) });
    expect(first).toMatchObject({ outcome: 'published', rows: 3 });
    expect(second).toMatchObject({ outcome: 'unchanged', rows: 3 });
    expect(await stack.published('monitoring/a_events_by_branch.json')).toBe(
      '[{"value":"4","time":"2026-01-13 04:40:00 UTC"},{"branch":"control","value":"3","time":"2026-01-13 04:30:00 UTC"}]',
    );
    expect(await stack.published('monitoring/b_events_by_branch.json')).toBe(
      '[{"branch":"control","value":"8","time":"2026-01-13 04:30:00 UTC"}]',
    );
    expect(await stack.published('monitoring/c_events_by_branch.json')).toBe('[]');
  });

  it(
    'of the shipped file pass a dry run, and one of each entry publishes what a plain computation gives',
    async () => {
      const stack = await startEmulatedStack();
      const folder = temporaryFolder();
      const file = join(folder, 'queries.toml');
      // The emulator has one project.
      const shipped = readFileSync(LIVE_QUERIES, 'utf8').replaceAll('moz-fx-data-shared-prod', stack.emulator.project);
      writeFileSync(file, shipped);
      const queries = readQueriesFile(file, 'bigquery').queries.filter(({ isEnabled }) => isEnabled);
      await putLiveTables(stack.emulator, queries);
      mkdirSync(join(folder, 'metric-hub', 'jetstream'), { recursive: true });
      const records = LIVE_EXPERIMENTS.map(({ slug, startedAt }) =>
        experimentRecord(slug, { startDate: new Date(startedAt).toISOString().slice(0, 10) }),
      );
      writeFileSync(join(folder, 'experiments.json'), JSON.stringify(records));
      const environment = {
        ...stack.environment,
        CONTRAIL_EXPERIMENTER: `file:${join(folder, 'experiments.json')}`,
        CONTRAIL_METRIC_HUB: `file:${join(folder, 'metric-hub')}`,
        CONTRAIL_QUERIES: file,
        CONTRAIL_NOW: new Date(LIVE_NOW).toISOString(),
      };
      const run = (...words: readonly string[]) =>
        runContrail(['run', 'query', ...words], { environment, longestRunMs: 100_000 });

      const checked = [];
      for (const { name } of queries) checked.push(await run(name, '--dry-run'));
      const ran = [];
      for (const name of ONE_OF_EACH) ran.push(await run(name));

      expect(checked).toHaveLength(16);
      expect([...checked, ...ran].filter(({ code }) => code !== 0)).toEqual([]);
      for (const experiment of LIVE_EXPERIMENTS) {
        for (const name of ONE_OF_EACH) {
          const object = `monitoring/${experiment.slug}_${name.replace('live_', '')}.json`;
          expect(await stack.published(object), object).toBe(expectedLiveText(name, experiment));
        }
      }
    },
    LIVE_TIMEOUT_MS,
  );
});
