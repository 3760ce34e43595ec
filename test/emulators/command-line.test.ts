/** The command line against the emulators of both services: REST, Storage Read and uploads, as in production. */
import { expect, it } from 'vitest';
import { seedStatistics } from '../../tools/seed/seed-statistics.ts';
import { readStatisticsFolder, type SeedView } from '../../tools/seed/statistics-folder.ts';
import { queryRows } from '../support/bigquery-tables.ts';
import { type EmulatedStack, RESULTS, startEmulatedStack } from '../support/emulated-stack.ts';
import { describeWithEmulators } from '../support/emulators.ts';
import { EDGE_FIXTURES, goldenOf } from '../support/statistics-fixtures.ts';

const VIEWS = 200;
const WORKERS = 2;
/** Every query makes the emulator slower, also for the requests of the second plan. */
const BACKFILL_TIMEOUT_MS = 300_000;
const FIXTURES = readStatisticsFolder(EDGE_FIXTURES.folder);

describeWithEmulators('the command line', ['bigquery-emulator', 'fake-gcs-server'], () => {
  it('publishes the golden file of every case, or nothing where nothing may be published', async () => {
    const stack = await startEmulatedStack();
    await seedStatistics(stack.warehouse, RESULTS, FIXTURES);

    for (const entry of EDGE_FIXTURES.cases) {
      const { experiment, period, object, view, rows, rejected, duplicates } = entry;
      const run = ['run', 'statistics', '--experiment', experiment, '--period', period, '--json'];
      const { code, stdout, stderr } = await stack.contrail(run);

      const published = await stack.published(object);
      if (entry.result === 'nothing') {
        expect({ code, published }, view).toEqual({ code: 1, published: undefined });
        continue;
      }
      expect(code, `${view}: ${stderr}`).toBe(0);
      expect(published, view).toBe(goldenOf(EDGE_FIXTURES, entry));
      expect(JSON.parse(stdout), view).toMatchObject({ outcome: 'published', rows, rejected, duplicates });
    }

    expect(await loggedLevels(stack)).toEqual([
      'edge-all-refused ERROR',
      'edge-no-target ERROR',
      'edge-refused ERROR',
      'edge-refused WARNING',
      'edge-values-v2 WARNING',
      'punctuation.in a slug WARNING',
    ]);
  });

  it(
    `publishes ${VIEWS} views by ${WORKERS} workers, and nothing the second time`,
    { timeout: BACKFILL_TIMEOUT_MS },
    async () => {
      const stack = await startEmulatedStack();
      await seedStatistics(stack.warehouse, RESULTS, { ...FIXTURES, views: smallViews(VIEWS) });
      const workers = Array.from({ length: WORKERS }, () => stack.start(['worker', '--concurrency', '8']));
      await Promise.all(workers.map((worker) => worker.says(/taking jobs/)));

      const first = await backfill(stack);
      const second = await backfill(stack);

      const none = { refused: 0, failed: 0 };
      expect(first).toMatchObject({ planned: VIEWS, enqueued: VIEWS, skipped: 0, published: VIEWS, ...none });
      expect(second).toMatchObject({ planned: 0, enqueued: 0, skipped: VIEWS, published: 0, ...none });
      const last = await stack.published(`statistics/statistics_small_${VIEWS}_weekly.json`);
      expect(JSON.parse(last ?? '')).toMatchObject([{ point: VIEWS, window_index: '1' }]);
      for (const worker of workers) worker.child.kill('SIGTERM');
      expect((await Promise.all(workers.map((worker) => worker.ended))).map(({ code }) => code)).toEqual([0, 0]);
    },
  );
});

/** Views of one row each, which is their number. */
function smallViews(count: number): SeedView[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `statistics_small_${index + 1}`;
    const about = { metric: 'm', statistic: 'mean', branch: 'control', segment: 'all', analysis_basis: 'enrollments' };
    const rows = () => [{ ...about, point: index + 1 }];
    return { view: `${name}_weekly`, tables: [{ table: `${name}_week_1`, rows }] };
  });
}

async function backfill(stack: EmulatedStack): Promise<unknown> {
  const { stdout, stderr } = await stack.contrail(['backfill', '--product', 'statistics', '--wait', '--json']);
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout);
}

/** Which experiments have log rows, and of which level. */
async function loggedLevels({ emulator }: EmulatedStack): Promise<string[]> {
  const logs = `\`${emulator.project}.monitoring.logs\``;
  const rows = await queryRows(emulator, `SELECT DISTINCT experiment, log_level FROM ${logs} ORDER BY 1, 2`);
  return rows.map((row) => `${String(row['experiment'])} ${String(row['log_level'])}`);
}
