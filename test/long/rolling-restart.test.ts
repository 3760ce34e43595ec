/** A deploy: all workers are replaced, one after another, while a backfill runs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/duckdb.ts';
import { googleWorld } from '../support/google-world.ts';

const EXPORTS = 200;
/** Every tenth takes longer than a worker that is told to stop may go on. */
const isSlow = (index: number): boolean => index % 10 === 5;
const SLUGS = Array.from({ length: EXPORTS }, (_, index) => `slug-${index}`);

it('a rolling restart of two workers during a backfill loses and repeats nothing', { timeout: 240_000 }, async () => {
  const experiments = join(temporaryFolder(), 'experiments.json');
  writeFileSync(experiments, JSON.stringify(SLUGS.map((slug) => ({ slug }))));
  const tables = SLUGS.map((slug, index) => ({
    name: `mozanalysis.statistics_${slug.replace('-', '_')}_weekly`,
    kind: 'view' as const,
    queryMs: isSlow(index) ? 4_000 : 150,
    generate: { rows: 40, windows: 2 },
  }));
  const { replay, storage, contrail, start, published } = await googleWorld(
    { tables },
    { CONTRAIL_EXPERIMENTER: `file:${experiments}`, CONTRAIL_WORKER_DRAIN_TIMEOUT: '1s' },
  );
  const worker = (...more: readonly string[]) => start('worker', '--concurrency', '4', ...more);
  const uploads = () => storage.requests.filter(({ kind }) => kind === 'upload').length;
  const untilUploaded = async (count: number): Promise<void> => {
    while (uploads() < count) await sleep(20);
  };
  const asked = await contrail('backfill', '--product', 'statistics');
  const old = [worker(), worker()];
  const codes: (number | null)[] = [];
  const fresh = [];

  for (const [index, { child, ended }] of old.entries()) {
    await untilUploaded(30 * (index + 1));
    fresh.push(worker('--drain'));
    child.kill('SIGTERM');
    codes.push((await ended).code);
  }
  const atRestart = uploads();
  const ends = await Promise.all(fresh.map(({ ended }) => ended));

  expect(asked).toMatchObject({ code: 0, stdout: expect.stringContaining(`${EXPORTS} files enqueued`) });
  expect(atRestart).toBeLessThan(EXPORTS);
  expect(codes).toEqual([0, 0]);
  expect(ends.map(({ code }) => code)).toEqual([0, 0]);
  // Each file was written once, also those whose export was given back.
  expect(uploads()).toBe(EXPORTS);
  for (const { name } of tables) expect(published(`statistics/${name.split('.')[1]}.json`), name).toBeDefined();
  const runs = replay.rowsOf('monitoring.export_runs_v1');
  expect(runs.filter(({ outcome, attempt }) => outcome === 'published' && Number(attempt) === 1)).toHaveLength(EXPORTS);
  expect(runs).toHaveLength(EXPORTS);
});
