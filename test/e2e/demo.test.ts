/** `contrail demo --exit`, as a newcomer runs it, twice. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runContrail, startContrail } from '../support/contrail.ts';
import { temporaryFolder } from '../support/duckdb.ts';
import { SAMPLE_FIXTURES } from '../support/statistics-fixtures.ts';

const REFUSED = 'statistics_demo_bad_rows_weekly.json';

it('publishes the sample, refuses the bad table, and exports only what changed the second time', async () => {
  const cwd = temporaryFolder();

  const first = await runContrail(['demo', '--exit', '--port', '0'], { cwd });
  const second = await runContrail(['demo', '--exit', '--port', '0'], { cwd });

  expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining('refused') });
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
  // The console takes up results only with a time that is newer than the one it knows.
  const starts = metadata.map((name) => analysisStartOf(join(bucket, 'metadata', name)));
  expect(starts).toEqual(metadata.map(() => expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/) as unknown));
  // Those of experiments that only the log tells of are among them.
  expect(readdirSync(join(bucket, 'errors'))).toHaveLength(17);
});

function analysisStartOf(path: string): unknown {
  const { analysis_start_time: start } = JSON.parse(readFileSync(path, 'utf8')) as { analysis_start_time: unknown };
  return start;
}

it('ends tidily when it is interrupted, with the pages up', async () => {
  const cwd = temporaryFolder();
  const demo = startContrail(['demo', '--port', '0'], { cwd });
  const [url = ''] = await demo.says(/http:\/\/127\.0\.0\.1:\d+/);
  await demo.says(/Ctrl-C ends the demo/);

  const board = await fetch(`${url}/queues`);
  demo.child.kill('SIGINT');

  expect(board.status).toBe(200);
  expect(await demo.ended).toMatchObject({ code: 0 });
});
