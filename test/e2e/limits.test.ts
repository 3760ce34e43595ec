/** Limits for all workers, on services that count what goes on at the same time. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runContrail } from '../support/contrail.ts';
import { deployment } from '../support/deployment.ts';
import { temporaryFolder } from '../support/duckdb.ts';
import { googleWorld } from '../support/google-world.ts';

const SLUGS = Array.from({ length: 8 }, (_, index) => `slug-${index}`);
/** Too many rows for a reply. */
const ROWS = 6_000;

it('keeps two worker processes within two queries and two streams', async () => {
  const experiments = join(temporaryFolder(), 'experiments.json');
  writeFileSync(experiments, JSON.stringify(SLUGS.map((slug) => ({ slug }))));
  const tables = SLUGS.map((slug) => ({
    name: `mozanalysis.statistics_${slug.replace('-', '_')}_weekly`,
    kind: 'view' as const,
    queryMs: 200,
    generate: { rows: ROWS, windows: 2 },
  }));
  const { replay, contrail, start, published } = await googleWorld(
    { tables },
    {
      CONTRAIL_EXPERIMENTER: `file:${experiments}`,
      CONTRAIL_LIMITS_QUERIES: '2',
      CONTRAIL_LIMITS_READ_STREAMS: '2',
      CONTRAIL_LIMITS_UPLOADS: '1',
    },
  );
  replay.faults.add({ on: 'storage.readRows', fault: { kind: 'latency', ms: 200 } });
  const asked = await contrail('backfill', '--product', 'statistics');
  expect(asked).toMatchObject({ code: 0 });
  replay.counters.reset();

  const ends = await Promise.all([start('worker', '--drain').ended, start('worker', '--drain').ended]);

  expect(ends.map(({ code }) => code)).toEqual([0, 0]);
  expect(ends[0]?.stderr).toContain('"limits":{"queries":2,"readStreams":2,"uploads":1}');
  expect(replay.counters.read()).toMatchObject({ mostQueries: 2, mostStreams: 2 });
  for (const { name } of tables) expect(published(`statistics/${name.split('.')[1]}.json`), name).toBeDefined();
});

it('ends a worker that cannot start, also when it has limits', async () => {
  const { start, environment } = deployment();
  const other = start('schedule --metrics-port 0');
  const [, port] = await other.says(/127\.0\.0\.1:(\d+)\/metrics/);

  const worker = await runContrail(['worker', '--metrics-port', port ?? ''], {
    environment: { ...environment, CONTRAIL_LIMITS_QUERIES: '2' },
  });

  expect(worker).toMatchObject({ code: 1, stderr: expect.stringContaining('CONTRAIL_METRICS_PORT') });
});
