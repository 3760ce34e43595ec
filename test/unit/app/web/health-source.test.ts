import { describe, expect, it } from 'vitest';
import type { AlertRow } from '../../../../src/alerts/row.ts';
import { MemoryAlertIndex } from '../../../../src/adapters/memory/alert-index.ts';
import { MemoryFreshnessIndex } from '../../../../src/adapters/memory/freshness-index.ts';
import { MemoryMonitoringReader } from '../../../../src/adapters/memory/monitoring-reader.ts';
import { MemoryMonitoringSums } from '../../../../src/adapters/memory/monitoring-sums.ts';
import { MemoryRecordSink } from '../../../../src/adapters/memory/record-sink.ts';
import { VirtualClock } from '../../../../src/adapters/memory/virtual-clock.ts';
import { healthSource } from '../../../../src/app/web/health-source.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import type { OpenJob } from '../../../../src/ports/job-queue.ts';
import type { MonitoringRequest } from '../../../../src/ports/monitoring-reader.ts';
import type { RecordRow } from '../../../../src/ports/record-sink.ts';
import { alertRow } from '../../../support/alert-rows.ts';
import { HOUR_MS, LAG_MS, NOW, publishedFile, seenSource } from '../../../support/health-files.ts';
import { recordedLog } from '../../../support/recorded-log.ts';

const never = new AbortController().signal;
const MINUTE = 60_000;

async function setup({ runs = [] as RecordRow[], costs = [] as RecordRow[] } = {}) {
  const clock = new VirtualClock(NOW);
  const index = new MemoryFreshnessIndex();
  const sink = new MemoryRecordSink();
  const alerts = new MemoryAlertIndex();
  const tables = { export_runs_v1: runs, query_cost_v1: costs };
  for (const [table, rows] of Object.entries(tables)) await sink.append({ id: table, table, rows }, never);
  const memory = new MemoryMonitoringReader(sink);
  const world = {
    reads: 0,
    looks: 0,
    indexReads: 0,
    jobs: [
      { id: 'late.weekly.1', state: 'active', attempts: 2, progress: 40 },
      { id: 'late.overall.1', state: 'waiting', attempts: 0, place: 3 },
    ] as OpenJob[],
    failure: undefined as Error | undefined,
    redisFailure: undefined as Error | undefined,
  };
  const source = healthSource({
    index: {
      read: () => {
        world.indexReads += 1;
        return world.redisFailure === undefined ? index.read() : Promise.reject(world.redisFailure);
      },
    },
    queue: {
      openJobs: async (queue) => (queue === 'statistics' ? world.jobs : []),
    },
    watch: {
      look: async () => {
        world.looks += 1;
        if (world.redisFailure !== undefined) throw world.redisFailure;
        return { queues: [], keeper: { memoryBytes: 0, memoryLimitBytes: 0 } };
      },
    },
    alerts,
    records: {
      reader: {
        rows: (request: MonitoringRequest, signal: AbortSignal) => {
          world.reads += 1;
          return world.failure === undefined ? memory.rows(request, signal) : Promise.reject(world.failure);
        },
      },
      sums: new MemoryMonitoringSums(sink),
    },
    clock,
    log: recordedLog(),
    lagMs: LAG_MS,
    scanIntervalMs: MINUTE,
  });
  const scan = async () => {
    const pass = await index.begin();
    const seen = (experiment: string, period: 'weekly' | 'overall', hours: number) =>
      ({
        kind: 'seen',
        file: { product: 'statistics', experiment, period },
        pass: pass.number,
        source: seenSource(hours),
        application: 'fenix',
      }) as const;
    const published = (experiment: string, period: 'weekly' | 'overall', hours: number) =>
      ({
        kind: 'published',
        file: { product: 'statistics', experiment, period },
        published: publishedFile(hours),
      }) as const;
    await index.note([
      published('fresh', 'weekly', 3),
      seen('fresh', 'weekly', 3),
      published('late', 'overall', 40),
      seen('late', 'overall', 20),
      published('late', 'weekly', 40),
      seen('late', 'weekly', 20),
    ]);
    await index.finish(pass, { at: clock.now(), unread: [{ code: 'X', sentence: 'The API was away.' }] });
  };
  return { clock, index, alerts, source, scan, world };
}

describe('the source of the health page', () => {
  it('knows no file before a scan has ended, and none after the index was lost', async () => {
    const { clock, index, source, scan } = await setup();

    expect((await source.read(never)).files).toMatchObject({ value: { kind: 'building' } });
    await scan();
    await clock.advance(MINUTE + 1);
    expect((await source.read(never)).files).toMatchObject({ value: { kind: 'files' } });
    index.lose();
    await clock.advance(MINUTE + 1);
    expect((await source.read(never)).files).toMatchObject({ value: { kind: 'building' } });
  });

  it('has each file with its state and its job', async () => {
    const { source, scan } = await setup();
    await scan();

    const { files, lagMs, now } = await source.read(never);

    expect({ lagMs, now }).toEqual({ lagMs: LAG_MS, now: NOW });
    expect(files).toMatchObject({
      kind: 'read',
      at: NOW,
      value: {
        totals: { files: 3, needYou: 1, byState: { fresh: 1, stale: 1, running: 1 } },
        applications: ['fenix'],
        checkedAt: NOW,
        isOld: false,
        unread: ['The API was away.'],
        rows: [
          { experiment: 'fresh' },
          {
            experiment: 'late',
            byAttention: [
              {
                state: 'stale',
                lateMs: 14 * HOUR_MS,
                job: { queue: 'statistics', state: 'waiting', failures: 0, place: 3 },
              },
              { state: 'running', job: { state: 'active', progress: 40, failures: 2 } },
            ],
          },
        ],
      },
    });
  });

  it('reads Redis once for everybody who looks within 15 seconds, and the tables every 10 minutes', async () => {
    const { clock, source, scan, world } = await setup();
    await scan();

    for (let n = 0; n < 5; n++) await Promise.all([source.read(never), source.read(never)]);
    expect({ looks: world.looks, indexReads: world.indexReads }).toEqual({ looks: 1, indexReads: 1 });
    const once = world.reads;
    for (let minutes = 0; minutes < 9; minutes++) {
      await clock.advance(MINUTE);
      await source.read(never);
    }
    expect({ looks: world.looks, indexReads: world.indexReads }).toEqual({ looks: 10, indexReads: 10 });
    expect(world.reads).toBe(once);
    await clock.advance(MINUTE);
    await source.read(never);
    await clock.settle();
    expect(world.reads).toBe(2 * once);
  });

  it('tells another version when the state of a file has changed, and only then', async () => {
    const { clock, source, scan, world } = await setup();
    await scan();
    const versionNow = async () => {
      await clock.advance(MINUTE + 1);
      const { files } = await source.read(never);
      return files.kind === 'read' && files.value.kind === 'files' ? files.value.version : undefined;
    };

    const first = await versionNow();
    expect(await versionNow()).toBe(first);
    world.jobs = [];
    expect(await versionNow()).not.toBe(first);
  });

  it('says that nobody scans any more', async () => {
    const { clock, source, scan } = await setup();
    await scan();
    await clock.advance(15 * MINUTE + 1);

    expect((await source.read(never)).files).toMatchObject({ value: { isOld: true, checkedAt: NOW } });
  });

  it('shows the files while the warehouse is away, and asks it no more often', async () => {
    const { clock, source, scan, world } = await setup();
    await scan();
    world.failure = new ContrailError('WAREHOUSE_BUSY', 'The warehouse is busy.');

    for (let n = 0; n < 3; n++) {
      const { files, records } = await source.read(never);
      expect(files.kind).toBe('read');
      expect(records).toEqual({
        kind: 'unread',
        problem: 'The monitoring tables could not be read: The warehouse is busy.',
      });
      await clock.advance(MINUTE);
    }
    expect(world.reads).toBe(1);
  });

  it('counts alerts as of the newest check, and knows none before', async () => {
    const { alerts, clock, source } = await setup();
    expect((await source.read(never)).alerts).toMatchObject({ kind: 'read', value: undefined });
    const states: Partial<AlertRow>[] = [
      { state: 'open' },
      { state: 'open', severity: 'warning' },
      { state: 'silenced' },
      { state: 'no_data' },
      { state: 'resolved' },
    ];
    const rows = states.map((parts, n) => ({ row: alertRow({ subject: `s${n}`, ...parts }), problem: null }));
    await alerts.note({ checkedAt: NOW, alerts: rows });
    await clock.advance(MINUTE + 1);

    expect((await source.read(never)).alerts).toMatchObject({
      value: { open: 3, critical: 2, silenced: 0, noData: 1, checkedAt: NOW },
    });
  });

  it('keeps the last states while Redis is away', async () => {
    const { clock, source, scan, world } = await setup();
    await scan();
    await source.read(never);
    await clock.advance(MINUTE + 1);
    world.redisFailure = new ContrailError('REDIS_UNREACHABLE', 'Redis is away.');

    const { files, queues } = await source.read(never);

    expect(files).toMatchObject({ kind: 'read', trouble: 'The states of files could not be read: Redis is away.' });
    expect(queues).toMatchObject({ kind: 'read', trouble: 'The queues could not be read: Redis is away.' });
  });
});

const DAY = 86_400_000;
const at = (daysAgo: number) => new Date(NOW - daysAgo * DAY).toISOString();

function run(daysAgo: number, n: number, changes: RecordRow = {}): RecordRow {
  const id = `e${daysAgo}.${n}`;
  return {
    run_id: id,
    finished_at: at(daysAgo),
    queue: 'statistics',
    outcome: 'published',
    generation: `g${n}`,
    ...changes,
  };
}

describe('what the health page tells from the monitoring tables', () => {
  it('compares what was published today with the 28 days before, with days without any', async () => {
    const runs = [
      ...Array.from({ length: 3 }, (_, n) => run(0, n)),
      ...[1, 2, 3, 4, 5, 6, 8].flatMap((daysAgo) => Array.from({ length: 10 }, (_, n) => run(daysAgo, n))),
      run(0, 8, { outcome: 'failed', generation: null }),
      run(0, 9, { outcome: 'published', generation: null }),
      run(0, 10, { outcome: 'unchanged', generation: null }),
    ];
    const { source } = await setup({ runs });

    const { records } = await source.read(never);

    // Day 7 had none; it counts as 0.
    expect(records).toMatchObject({
      value: { publishedToday: 3, usuallyPublished: { low: 7, high: 10, days: 8 } },
    });
    const hour = records.kind === 'read' ? records.value.hours.at(-1) : undefined;
    expect(hour).toMatchObject({ published: 3, failed: 1 });
  });

  it('tells no usual range of fewer than seven days', async () => {
    const { source } = await setup({ runs: [1, 2, 3].map((daysAgo) => run(daysAgo, 1)) });

    expect((await source.read(never)).records).toMatchObject({ value: { usuallyPublished: undefined } });
  });

  it('tells the cost of the newest day that is known, and what is usual before it', async () => {
    const costs = Array.from({ length: 10 }, (_, n) => ({
      submission_timestamp: at(n + 2),
      destination_table: 't',
      cost_usd: n === 0 ? 5 : 1,
    }));
    const { source } = await setup({ costs, runs: [run(2, 1, { cost_usd: 0.5 })] });

    expect((await source.read(never)).records).toMatchObject({
      value: { cost: { day: '2026-01-13', usd: 5.5, usually: { low: 1, high: 1, days: 9 } } },
    });
  });

  it('tells no cost that is older than a week', async () => {
    const { source } = await setup({ costs: [{ submission_timestamp: at(8), destination_table: 't', cost_usd: 1 }] });

    expect((await source.read(never)).records).toMatchObject({ value: { cost: undefined } });
  });
});
