/** `backfill --wait` and `status` as users run them: what they count, where they end, what they leave alone. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, it } from 'vitest';
import { runStatements } from '../../src/adapters/duckdb/load-statistics.ts';
import { type Environment, runContrail, startContrail } from '../support/contrail.ts';
import { temporaryDuckDb, temporaryFolder } from '../support/duckdb.ts';
import { createLargeTable } from '../support/large-table.ts';

const BIN = fileURLToPath(new URL('../../bin/contrail.js', import.meta.url));

async function setup(...tables: readonly string[]) {
  const folder = temporaryFolder();
  const warehouse = join(folder, 'warehouse.duckdb');
  writeFileSync(join(folder, 'experiments.json'), '[]');
  const environment: Environment = {
    CONTRAIL_WAREHOUSE: `duckdb:${warehouse}`,
    CONTRAIL_BUCKET: `file:${join(folder, 'bucket')}`,
    CONTRAIL_EXPERIMENTER: `file:${join(folder, 'experiments.json')}`,
    CONTRAIL_REDIS: inject('redisUrl'),
    CONTRAIL_QUEUE_PREFIX: `test-${randomUUID()}`,
    CONTRAIL_DUCKDB_WAIT: '30s',
  };
  const file = temporaryDuckDb({ path: warehouse, waitMs: 30_000 });
  for (const table of tables) await runStatements(file, createLargeTable(table, 10));
  const run = (command: string, changes: Environment = {}) =>
    runContrail(command.split(' '), { environment: { ...environment, ...changes }, cwd: folder });
  const start = (command: string) => startContrail(command.split(' '), { environment, cwd: folder });
  return { folder, environment, run, start };
}

describe('contrail backfill --wait', () => {
  it('follows files that were queued before, and counts them apart', async () => {
    const { run, start } = await setup('statistics_one_weekly');
    const before = await run('backfill --json');
    const following = start('backfill --wait --json');
    await following.says(/No worker takes jobs/);
    const worker = start('worker');

    const { code, stdout } = await following.ended;

    expect(JSON.parse(before.stdout)).toMatchObject({ enqueued: 2, queued: 0, current: 0, refused: 0 });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      planned: 2,
      enqueued: 0,
      skipped: 2,
      queued: 2,
      current: 0,
      published: 2,
      failed: 0,
      open: 0,
      warnings: [],
    });
    worker.child.kill('SIGTERM');
    await worker.ended;
  });

  it('says on Ctrl-C how many jobs stay queued and how to follow them again', async () => {
    const { start } = await setup('statistics_one_weekly');
    const following = start('backfill --wait --product statistics');
    await following.says(/No worker takes jobs/);

    following.child.kill('SIGINT');

    const { code, stdout, stderr } = await following.ended;
    expect(code).toBe(1);
    expect(stdout).toContain('1 still queued');
    expect(stderr).toContain('1 job stays queued');
    expect(stderr).toMatch(/contrail backfills b[0-9a-f]{8} --wait/);
  });
});

describe('a results dataset that is missing', () => {
  it.each(['backfill', 'backfill --dry-run', 'status'])(
    'ends %s with 1 and is named with its setting',
    async (command) => {
      const { run } = await setup('statistics_one_weekly');

      const { code, stderr } = await run(command, { CONTRAIL_RESULTS_DATASET: 'elsewhere' });

      expect({ code, stderr }).toMatchObject({ code: 1 });
      expect(stderr).toContain('There is no dataset "elsewhere"');
      expect(stderr).toContain('CONTRAIL_RESULTS_DATASET');
    },
  );
});

describe('contrail backfill, where a source cannot be read', () => {
  it('enqueues the other products, exits 1, and tells which products are missing in its document', async () => {
    const { folder, run } = await setup('statistics_one_weekly');
    const broken = { CONTRAIL_EXPERIMENTER: `file:${join(folder, 'none.json')}` };

    const dry = await run('backfill --dry-run --json', broken);
    const { code, stdout, stderr } = await run('backfill --json', broken);

    for (const text of [dry.stdout, stdout]) {
      expect(JSON.parse(text)).toMatchObject({
        planned: expect.any(Number),
        warnings: [
          {
            code: 'EXPERIMENTS_UNREADABLE',
            message: expect.stringContaining('none.json'),
            products: expect.any(Array),
          },
        ],
      });
    }
    expect(JSON.parse(stdout)).toMatchObject({
      planned: 2,
      enqueued: 2,
      warnings: [{ products: ['errors', 'metadata'] }],
    });
    expect([dry.code, code]).toEqual([1, 1]);
    expect(stderr).toContain('not all files could be planned (errors, metadata): ');
    expect(stderr).toContain('contrail: Not all files could be planned; see above.');
  });
});

describe('a DuckDB file that is missing', () => {
  it.each(['status', 'backfill --dry-run', 'backfill'])('is not made by %s', async (command) => {
    const { folder, run } = await setup();
    const path = join(folder, 'nonexistent', 'x.duckdb');

    const { code, stderr } = await run(command, { CONTRAIL_WAREHOUSE: `duckdb:${path}` });

    expect(code).toBe(1);
    // Status says first that it looks itself, because no scan has.
    expect(stderr.replace(/^No scan of .*\n/, '')).toMatch(/^contrail: The DuckDB file .* does not exist\. .*\n$/);
    expect(existsSync(join(folder, 'nonexistent'))).toBe(false);
  });
});

describe('contrail status', () => {
  it('lists problems, fresh files with --all, and exits by them where asked', async () => {
    const { run } = await setup('statistics_one_weekly');

    const [never, quiet, filtered, wrong] = await Promise.all([
      run('status --exit-status'),
      run('status'),
      run('status --state fresh --exit-status'),
      run('status --state nverr'),
    ]);
    await run('backfill');
    await run('worker --drain');
    const [fresh, all] = [await run('status --exit-status'), await run('status --all')];

    expect(never).toMatchObject({ code: 1, stdout: expect.stringMatching(/^never .*one +weekly/m) });
    expect([quiet.code, filtered.code, wrong.code]).toEqual([0, 0, 2]);
    expect(fresh).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^All 2 files need nothing\. Checked .* ago\.\n2 files: 2 fresh\. All files: --all\.\n$/,
      ),
    });
    expect(all.stdout).toMatch(/^fresh +one +weekly$/m);
  });

  it('ends quietly where its reader has seen enough', async () => {
    const { folder, environment } = await setup('statistics_one_weekly');

    const { status, stderr } = spawnSync(
      'bash',
      ['--norc', '-c', `set -o pipefail; "$0" "$1" status | head -c 0`, process.execPath, BIN],
      {
        cwd: folder,
        env: { PATH: process.env['PATH'], ...environment },
        encoding: 'utf8',
      },
    );

    expect(status).toBe(0);
    expect(stderr).toMatch(/^No scan of `contrail schedule` has ended yet\. .*\n$/);
  });

  it('tells warnings in its document', async () => {
    const { folder, run } = await setup('statistics_one_weekly');

    const { stdout } = await run('status --json', { CONTRAIL_EXPERIMENTER: `file:${join(folder, 'none.json')}` });

    expect(JSON.parse(stdout)).toMatchObject({ warnings: [{ code: 'EXPERIMENTS_UNREADABLE' }] });
  });
});
