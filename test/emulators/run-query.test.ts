/** `contrail run query` against the emulators of both services. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Column } from '../../src/domain/column-type.ts';
import { makeDataset, putTable } from '../support/bigquery-tables.ts';
import { runContrail } from '../support/contrail.ts';
import { temporaryFolder } from '../support/duckdb.ts';
import { startEmulatedStack } from '../support/emulated-stack.ts';
import { describeWithEmulators } from '../support/emulators.ts';
import { experimentRecord } from '../support/experiment-record.ts';

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
});
