/** `contrail doctor` against real parts: Redis, DuckDB, folders, and the services of Google on loopback. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { startPrivateRedis } from '../../../src/adapters/redis-server/private-redis.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { JOB_KINDS } from '../../../src/jobs/job-kinds.ts';
import { RedisHeartbeats } from '../../../src/queue/bullmq/redis-heartbeats.ts';
import { type Environment, runContrail } from '../../support/contrail.ts';
import { temporaryDuckDb, temporaryFolder } from '../../support/duckdb.ts';
import { putTable } from '../../support/duckdb-tables.ts';
import { googleWorld, view } from '../../support/google-world.ts';
import { mountTmpfs } from '../../support/mount-tmpfs.ts';
import { freshRedis } from '../../support/redis.ts';
import { STATISTICS_COLUMNS } from '../../support/statistics-table.ts';

const Report = z.object({
  ok: z.boolean(),
  checks: z.array(
    z.object({
      check: z.string(),
      state: z.enum(['ok', 'warning', 'failed']),
      detail: z.string(),
      remedy: z.string().optional(),
    }),
  ),
});

/** Runs it; `problems` are the results that are not ok, `all` every one by name. */
async function doctor(environment: Environment, cwd = temporaryFolder()) {
  const { code, stdout, stderr } = await runContrail(['doctor', '--json'], { environment, cwd });
  expect(stderr).not.toMatch(/ {4}at /);
  const { checks } = Report.parse(JSON.parse(stdout));
  const text = ({ check, state }: { readonly check: string; readonly state: string }): string => `${check}: ${state}`;
  return {
    code,
    // Which Redis this machine has is no matter of these tests.
    problems: checks.filter(({ check, state }) => state !== 'ok' && check !== 'Redis flaws').map(text),
    all: new Map(checks.map((check) => [check.check, check])),
  };
}

/** A set-up in which all is well: a warehouse with a result, a metric-hub, a worker and a scheduler. */
async function setup() {
  const folder = temporaryFolder();
  const file = temporaryDuckDb({ path: join(folder, 'warehouse.duckdb') });
  await putTable(file, 'statistics_my_slug_weekly', { columns: STATISTICS_COLUMNS, rows: [] });
  file.close();
  mkdirSync(join(folder, 'metric-hub', 'definitions'), { recursive: true });
  writeFileSync(join(folder, 'metric-hub', 'definitions', 'fenix.toml'), '');
  writeFileSync(join(folder, 'experiments.json'), JSON.stringify([{ slug: 'my-slug' }]));
  const redis = await startPrivateRedis({ appendonly: true, clock: systemClock });
  onTestFinished(() => redis.stop());
  const heartbeats = new RedisHeartbeats({ redisUrl: redis.url });
  onTestFinished(() => heartbeats.close());
  const queues = JOB_KINDS.map(({ queue }) => queue);
  await heartbeats.beat({ role: 'worker', name: 'here:1', queues });
  await heartbeats.beat({ role: 'scheduler', name: 'here:2', queues: [] });
  const environment = {
    CONTRAIL_WAREHOUSE: `duckdb:${join(folder, 'warehouse.duckdb')}`,
    CONTRAIL_BUCKET: `file:${join(folder, 'bucket')}`,
    CONTRAIL_EXPERIMENTER: `file:${join(folder, 'experiments.json')}`,
    CONTRAIL_METRIC_HUB: `file:${join(folder, 'metric-hub')}`,
    CONTRAIL_RECORDS_SPOOL: join(folder, 'spool'),
    CONTRAIL_REDIS: redis.url,
  };
  return { folder, environment, redis, heartbeats };
}

describe('contrail doctor', () => {
  it('finds nothing wrong where nothing is', async () => {
    const { environment } = await setup();

    const { code, problems, all } = await doctor(environment);

    expect(problems).toEqual([]);
    expect(code).toBe(0);
    expect(all.get('Results dataset')?.detail).toContain('has 1 tables, 1 of them views of results');
    expect(all.get('Queue statistics')?.detail).toBe('1 worker; 0 waiting, 0 running.');
    expect(all.has('Redis flaws')).toBe(true);
  });

  it('finds each of several mistakes in one run', async () => {
    const { environment, redis, heartbeats, folder } = await setup();
    const client = new Redis(redis.url);
    onTestFinished(() => client.disconnect());
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const queues = JOB_KINDS.map(({ queue }) => queue);
    await heartbeats.leave({ role: 'worker', name: 'here:1', queues });
    await heartbeats.beat({ role: 'worker', name: 'here:1', queues: queues.slice(1) });
    await heartbeats.leave({ role: 'scheduler', name: 'here:2', queues: [] });
    // A file where the folder should be.
    writeFileSync(join(folder, 'spool'), '');

    const { code, problems, all } = await doctor({
      ...environment,
      CONTRAIL_RESULTS_DATASET: 'mozanalysys',
      CONTRAIL_EXPERIMENTER: 'file:./nowhere.json',
      CONTRAIL_METRIC_HUB: 'file:./nowhere',
    });

    expect(code).toBe(1);
    expect(problems).toEqual([
      'Redis eviction: failed',
      'Results dataset: failed',
      'Experiments: failed',
      'metric-hub: failed',
      `Queue ${queues[0]}: failed`,
      'Scheduler: warning',
      'Spool folder: failed',
    ]);
    expect(all.get('Redis eviction')?.remedy).toContain('CONFIG SET maxmemory-policy noeviction');
    expect(all.get('Results dataset')?.detail).toContain('There is no dataset "mozanalysys"');
    expect(all.get('Spool folder')?.remedy).toContain('CONTRAIL_RECORDS_SPOOL');
  });

  it('says that the disk of the spool folder is full', async (context) => {
    const { environment } = await setup();
    const spool = mountTmpfs(context, 'size=64k');
    writeFileSync(join(spool, 'other'), Buffer.alloc(64 * 1024));

    const { problems, all } = await doctor({ ...environment, CONTRAIL_RECORDS_SPOOL: spool });

    expect(problems).toEqual(['Spool folder: failed']);
    expect(all.get('Spool folder')?.remedy).toContain('Make room on that disk');
    expect(readdirSync(spool)).toEqual(['other']);
  });

  it('runs the other checks while Redis is away', async () => {
    const { environment } = await setup();

    const { code, problems, all } = await doctor({ ...environment, CONTRAIL_REDIS: 'redis://127.0.0.1:1' });

    expect(code).toBe(1);
    expect(problems).toEqual(['Redis: failed', 'Workers: failed', 'Records: failed']);
    expect(all.get('Redis')).toMatchObject({
      detail: expect.stringContaining('does not answer at 127.0.0.1:1'),
      remedy: expect.stringContaining('Start Redis there'),
    });
    expect(all.get('Bucket remove')?.state).toBe('ok');
  });
});

describe('contrail doctor on Google Cloud', () => {
  const tables = [view(10)];
  const answers = [{ statement: '^INSERT INTO' }, { statement: 'JOBS_BY_PROJECT' }];
  const redis = () => {
    const { redisUrl, prefix } = freshRedis();
    return { CONTRAIL_REDIS: redisUrl, CONTRAIL_QUEUE_PREFIX: prefix };
  };
  const hub = () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'definitions'));
    writeFileSync(join(folder, 'definitions', 'fenix.toml'), '');
    return { CONTRAIL_METRIC_HUB: `file:${folder}`, CONTRAIL_RECORDS_SPOOL: join(folder, 'spool') };
  };
  /** The problems of warehouse and bucket. */
  const ofServices = (problems: readonly string[]) =>
    problems.filter((text) => /^(Results|Warehouse|Bucket)/.test(text));

  it('tries all rights, is billed nothing, and leaves nothing behind', async () => {
    const { environment, storage } = await googleWorld({ tables, answers }, { ...redis(), ...hub() });

    const { problems, all } = await doctor(environment);

    expect(ofServices(problems)).toEqual([]);
    expect(all.get('Results dataset')?.detail).toContain('bigquery://replay-project in US');
    expect(all.get('Bucket excess')?.state).toBe('ok');
    expect(all.get('Warehouse excess')?.state).toBe('ok');
    expect([...storage.bucket.objects.keys()]).toEqual([]);
  });

  it('names the missing rights, each by the call that needs it', async () => {
    const refuse = { code: 'PERMISSION_DENIED' as const, message: 'Access Denied: User does not have permission.' };
    const { environment, storage } = await googleWorld(
      {
        tables,
        answers: [
          { statement: '^INSERT INTO', refuse },
          { statement: 'JOBS_BY_PROJECT', refuse },
        ],
      },
      { ...redis(), ...hub() },
    );
    storage.failNext('delete', { reply: { status: 403, json: { error: { code: 403, message: 'No.' } } } });

    const { code, problems, all } = await doctor(environment);

    expect(code).toBe(1);
    expect(ofServices(problems)).toEqual([
      'Warehouse write: failed',
      'Warehouse jobs: failed',
      'Bucket remove: failed',
    ]);
    expect(all.get('Warehouse write')?.remedy).toContain('bigquery.tables.updateData');
    expect(all.get('Warehouse jobs')?.remedy).toContain('bigquery.jobs.listAll');
  });

  it('warns of rights that Contrail should not have', async () => {
    const { environment, storage, replay } = await googleWorld({ tables, answers }, { ...redis(), ...hub() });
    storage.bucket.permissions = ['storage.objects.create', 'storage.objects.setIamPolicy'];
    replay.catalog.permissions.add('bigquery.tables.delete');

    const { problems, all } = await doctor(environment);

    expect(ofServices(problems)).toEqual(['Warehouse excess: warning', 'Bucket excess: warning']);
    expect(all.get('Bucket excess')?.detail).toBe('Contrail does not need storage.objects.setIamPolicy, and has it.');
    expect(all.get('Warehouse excess')?.detail).toContain('bigquery.tables.delete');
  });

  it('says that the bucket is missing', async () => {
    const { environment } = await googleWorld(
      { tables, answers },
      { ...redis(), ...hub(), CONTRAIL_BUCKET: 'gs://nowhere' },
    );

    const { problems, all } = await doctor(environment);

    expect(ofServices(problems)).toEqual(['Bucket list: failed', 'Bucket write: failed']);
    expect(all.get('Bucket write')?.remedy).toMatch(/bucket/i);
  });
});
