/** `contrail demo --exit`, as a newcomer runs it, twice. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { runContrail, startContrail } from '../support/contrail.ts';
import { temporaryFolder } from '../support/duckdb.ts';
import { SAMPLE_FIXTURES } from '../support/statistics-fixtures.ts';

const ChangingRow = z.object({
  branch: z.string(),
  comparison_to_branch: z.string().nullish(),
  statistic: z.string(),
  point: z.number().nullish(),
});
/** A demo computes for a quarter of a minute, and longer where the machine has other work. */
const LONGEST_DEMO_MS = 110_000;
const REFUSED = 'statistics_demo_bad_rows_weekly.json';

it('publishes the sample, refuses the bad table, and exports only what changed the second time', async () => {
  const cwd = temporaryFolder();

  const exported = { CONTRAIL_REDIS: 'redis://127.0.0.1:1', CONTRAIL_NOTIFY_WEBHOOK: 'http://127.0.0.1:1/alerts' };
  const first = await runContrail(['demo', '--exit', '--port', '0'], {
    cwd,
    environment: exported,
    longestRunMs: LONGEST_DEMO_MS,
  });
  const second = await runContrail(['demo', '--exit', '--port', '0'], { cwd, longestRunMs: LONGEST_DEMO_MS });

  const why = async (slug: string) =>
    (await runContrail(['--demo', 'why', slug, '--period', 'weekly'], { cwd })).stdout.trimEnd().split('\n');
  const [refused, empty, changing] = [
    await why('demo-bad-rows'),
    await why('demo-no-rows'),
    await why('demo-changing-results'),
  ];

  expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining('refused') });
  // Where the results of the odd tables are lost.
  expect(refused.join('\n')).toMatch(/published\tno_file\t.*77 of 388 rows.*segment is null/);
  expect(empty.every((line) => line.includes('\tcomputed\tunexplained\t'))).toBe(true);
  expect(changing.some((line) => line.includes('\tactive_hours\t'))).toBe(false);
  expect(first.stderr).toContain('uses its own settings: CONTRAIL_NOTIFY_WEBHOOK, CONTRAIL_REDIS.');
  const folder = join(cwd, 'demo-data', 'bucket', 'statistics');
  for (const { object, rows } of SAMPLE_FIXTURES.cases) {
    expect(JSON.parse(readFileSync(join(folder, '..', object), 'utf8')), object).toHaveLength(rows);
  }
  const names = readdirSync(folder);
  expect(names).toHaveLength(SAMPLE_FIXTURES.cases.length + 2);
  expect(readFileSync(join(folder, 'statistics_demo_no_rows_weekly.json'), 'utf8')).toBe('[]');
  expect(existsSync(join(folder, REFUSED))).toBe(false);
  expect(second).toMatchObject({ code: 0, stderr: expect.stringContaining('2 files due') });
  const bucket = join(cwd, 'demo-data', 'bucket');
  const metadata = readdirSync(join(bucket, 'metadata'));
  expect(metadata).toHaveLength(11);
  const overview = readFileSync(join(bucket, 'overview', 'experiments_latest.json'), 'utf8');
  expect(JSON.parse(overview)).toMatchObject({ v1: { firefox_desktop: expect.any(Array) as unknown } });
  // The console takes up results only with a time that is newer than the one it knows.
  const starts = metadata.map((name) => analysisStartOf(join(bucket, 'metadata', name)));
  expect(starts).toEqual(metadata.map(() => expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/) as unknown));
  const text = readFileSync(join(folder, 'statistics_demo_changing_results_weekly.json'), 'utf8');
  const rows = z.array(ChangingRow).parse(JSON.parse(text));
  expect(new Set(rows.flatMap((row) => [row.branch, row.comparison_to_branch ?? row.branch]))).toEqual(
    new Set(['control', 'treatment']),
  );
  expect(rows.filter((row) => row.statistic === 'count' && !Number.isInteger(row.point))).toEqual([]);
  // Those of experiments that only the log tells of are among them.
  expect(readdirSync(join(bucket, 'errors'))).toHaveLength(17);
});

function analysisStartOf(path: string): unknown {
  const { analysis_start_time: start } = JSON.parse(readFileSync(path, 'utf8')) as { analysis_start_time: unknown };
  return start;
}

it('can be joined by other commands, but not by a second demo, and ends tidily when it is interrupted', async () => {
  const cwd = temporaryFolder();
  const demo = startContrail(['demo', '--port', '0'], { cwd, longestRunMs: LONGEST_DEMO_MS });
  const [url = ''] = await demo.says(/http:\/\/127\.0\.0\.1:\d+/);
  await demo.says(/Ctrl-C ends the demo/);

  const board = await fetch(`${url}/queues`);
  const health = await (await fetch(url)).text();
  const second = await runContrail(['demo', '--exit'], { cwd });
  const status = await runContrail(['--demo', 'status', '--json'], { cwd });
  const backfill = await runContrail(['--demo', 'backfill', '--product', 'metadata', '--force', '--wait', '--json'], {
    cwd,
  });
  demo.child.kill('SIGINT');

  expect(board.status).toBe(200);
  expect(health).toMatch(/<h1>4 of 74 files need you<\/h1>[^]*demo-bad-rows weekly[^]*segment is null/);
  expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining(`is in use by process ${demo.child.pid}`) });
  expect(JSON.parse(status.stdout).totals).toMatchObject({ failed: 1 });
  expect(JSON.parse(backfill.stdout)).toMatchObject({ enqueued: 11, failed: 0 });
  expect(await demo.ended).toMatchObject({ code: 0 });
});

it('starts again after it was killed, and other commands go on without it', async () => {
  const cwd = temporaryFolder();
  const demo = startContrail(['demo', '--port', '0'], { cwd, longestRunMs: LONGEST_DEMO_MS });
  await demo.says(/published \w/);
  demo.child.kill('SIGKILL');
  await demo.ended;

  const status = await runContrail(['--demo', 'status', '--json'], { cwd });
  const again = await runContrail(['demo', '--exit', '--port', '0'], { cwd, longestRunMs: LONGEST_DEMO_MS });
  const run = await runContrail(['--demo', 'run', 'statistics', '--experiment', 'demo-no-rows', '--period', 'weekly'], {
    cwd,
  });

  expect(status.code).toBe(0);
  expect(again.code).toBe(0);
  expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('statistics_demo_no_rows_weekly.json') });
  expect(existsSync(join(cwd, 'demo-data', 'running.json'))).toBe(false);
});

it('says in a sentence that its folder cannot be used, or that there is no demo to join', async () => {
  const cwd = temporaryFolder();
  const joined = await runContrail(['--demo', 'status'], { cwd });
  writeFileSync(join(cwd, 'demo-data'), 'a file');

  const demo = await runContrail(['demo', '--exit'], { cwd });

  expect(joined).toMatchObject({ code: 2, stderr: expect.stringContaining('This folder has no demo') });
  expect(demo).toMatchObject({ code: 1, stderr: expect.stringContaining('demo-data, which cannot be written') });
  expect(demo.stderr.trim().split('\n')).toHaveLength(1);
});
