/** What `docker compose up` fills its emulators with, by the settings that its services have. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { seedEmulators } from '../../tools/seed/seed-emulators.ts';
import { dropTable, queryRows } from '../support/bigquery-tables.ts';
import { temporaryFolder } from '../support/duckdb.ts';
import { RESULTS, startEmulatedStack } from '../support/emulated-stack.ts';
import { describeWithEmulators } from '../support/emulators.ts';
import { SAMPLE_FIXTURES } from '../support/statistics-fixtures.ts';

const NOW = Date.parse('2026-01-15T12:00:00Z');
const VIEWS = SAMPLE_FIXTURES.cases.length + 3;
const never = new AbortController().signal;

it.each(['BIGQUERY_EMULATOR_HOST', 'STORAGE_EMULATOR_HOST'])('refuses to seed without %s', async (missing) => {
  const environment = {
    CONTRAIL_WAREHOUSE: 'bigquery://a-real-project',
    CONTRAIL_BUCKET: 'gs://a-real-bucket',
    BIGQUERY_EMULATOR_HOST: '127.0.0.1:1',
    STORAGE_EMULATOR_HOST: '127.0.0.1:1',
  };
  const config = loadConfig([], { environment, overrides: { [missing]: undefined } });

  const seeding = seedEmulators(config, NOW, never);

  await expect(seeding).rejects.toMatchObject({ code: 'CONFIG_INVALID', hint: expect.stringContaining(missing) });
});

describeWithEmulators('the seed', ['bigquery-emulator', 'fake-gcs-server'], () => {
  it('makes what the demo shows, and the next time only what is missing', async () => {
    const { emulator, environment } = await startEmulatedStack();
    const experiments = join(temporaryFolder(), 'seed', 'experiments.json');
    const config = loadConfig([], { environment: { ...environment, CONTRAIL_EXPERIMENTER: `file:${experiments}` } });

    const first = await seedEmulators(config, NOW, never);
    await dropTable(emulator, RESULTS, 'statistics_demo_bad_rows_weekly');
    const second = await seedEmulators(config, NOW, never);

    expect([first, second]).toEqual([
      { made: VIEWS, views: VIEWS },
      { made: 1, views: VIEWS },
    ]);
    const { view, rows } = SAMPLE_FIXTURES.cases[1]!;
    const [counted] = await queryRows(emulator, `SELECT COUNT(*) AS n FROM \`${emulator.project}.${RESULTS}.${view}\``);
    expect(counted).toEqual({ n: String(rows) });
    const slugs = JSON.parse(readFileSync(experiments, 'utf8')).map(({ slug }: { slug: string }) => slug);
    expect(slugs).toEqual(expect.arrayContaining(['newtab-topic-picker-three-way', 'demo-bad-rows']));
  });
});
