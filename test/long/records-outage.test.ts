/** Redis is killed for 20 s, and the warehouse refuses for 20 s, in the middle of 200 exports: no record is lost or doubled. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { systemRandom } from '../../src/adapters/system/random.ts';
import { DuckDbRecordSink } from '../../src/adapters/duckdb/record-sink.ts';
import { MemoryExperimentLogs } from '../../src/adapters/memory/experiment-logs.ts';
import { MemoryExperimentsApi } from '../../src/adapters/memory/experiments-api.ts';
import { MemoryMonitoringReader } from '../../src/adapters/memory/monitoring-reader.ts';
import { MemoryObjectStore } from '../../src/adapters/memory/object-store.ts';
import { MemoryQuerySource } from '../../src/adapters/memory/query-source.ts';
import { MemoryRecordSink } from '../../src/adapters/memory/record-sink.ts';
import { MemoryStatisticsSource } from '../../src/adapters/memory/statistics-source.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { startWorkers } from '../../src/app/pool/start-workers.ts';
import { openQueue } from '../../src/app/compose/open-queue.ts';
import type { Adapters } from '../../src/app/compose/adapters.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { ContrailError, toContrailError } from '../../src/domain/errors.ts';
import type { OpenRequest } from '../../src/ports/statistics-source.ts';
import { enqueueFiles } from '../../src/producer/enqueue-files.ts';
import { planStatistics } from '../../src/producer/plan-statistics.ts';
import { statisticsFiles } from '../../src/producer/statistics-files.ts';
import { queryRows, temporaryDuckDb, temporaryFolder } from '../support/duckdb.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { startRestartableRedis } from '../support/restartable-redis.ts';
import { memoryTable, statisticsRow } from '../support/statistics-table.ts';
import { httpClient } from '../support/http-client.ts';

const EXPORTS = 200;
const OUTAGE_MS = 20_000;
const EVERYTHING = { experiments: [], periods: [], apps: [], force: false } as const;

const away = (): ContrailError => new ContrailError('SERVICE_UNAVAILABLE', 'The warehouse is away.');

/** A warehouse that refuses all that it is asked while it is away. */
class RefusingSource extends MemoryStatisticsSource {
  isAway = false;

  override open(request: OpenRequest) {
    return this.isAway ? Promise.reject(away()) : super.open(request);
  }
}

class RefusingSink extends DuckDbRecordSink {
  isAway = false;

  override append(...request: Parameters<DuckDbRecordSink['append']>) {
    return this.isAway ? Promise.reject(away()) : super.append(...request);
  }
}

async function setup() {
  const redis = await startRestartableRedis();
  const folder = temporaryFolder();
  const file = temporaryDuckDb();
  const config = loadConfig([], {
    environment: {},
    overrides: {
      CONTRAIL_REDIS: redis.redisUrl,
      CONTRAIL_QUEUE_PREFIX: redis.prefix,
      CONTRAIL_RECORDS_WINDOW: '1s',
      CONTRAIL_RECORDS_SPOOL: join(folder, 'spool'),
      CONTRAIL_WORKER_CONCURRENCY: '4',
    },
  });
  const source = new RefusingSource();
  const sink = new RefusingSink({ file, dataset: 'monitoring' });
  const api = new MemoryExperimentsApi([]);
  const unused = new MemoryRecordSink();
  const adapters: Adapters = {
    clock: systemClock,
    random: systemRandom,
    log: recordedLog(),
    http: () => httpClient(),
    source,
    queries: new MemoryQuerySource({ clock: systemClock }),
    sink,
    store: new MemoryObjectStore({ clock: systemClock }),
    experiments: api,
    reader: new MemoryMonitoringReader(unused),
    jobHistory: { keptDays: null, jobsOf: () => Promise.resolve([]) },
    logs: new MemoryExperimentLogs(unused),
    resolution: () => Promise.reject(new Error('no metadata here')),
    close: () => Promise.resolve(),
  };
  // A number that cannot be written is a WARNING, so that every export has a log row.
  const rows = [statisticsRow({ point: Number.NaN, metric: 'odd' }), statisticsRow({ metric: 'plain' })];
  for (let index = 0; index < EXPORTS; index++) {
    source.set(`statistics_slug_${index}_weekly`, memoryTable(rows, { changedAt: Date.now() - 60_000 }));
  }
  const queue = await openQueue(config);
  onTestFinished(() => queue.close());
  const { signal } = new AbortController();
  const plan = await planStatistics(
    { ...adapters, api, settleMs: config['rerun.settle'], leftOut: () => Promise.resolve(() => false) },
    EVERYTHING,
    signal,
  );
  await enqueueFiles(
    { queue, clock: systemClock, random: systemRandom },
    statisticsFiles(plan).due,
    { retryFailed: false },
    signal,
  );
  let ended = 0;
  const heard = new Set<() => void>();
  const workers = await startWorkers({
    config,
    adapters,
    onFinished: ({ queue: name }) => {
      if (name === 'statistics') ended += 1;
      heard.forEach((listener) => listener());
    },
  });
  onTestFinished(() => workers.stop());
  return {
    redis,
    source,
    sink,
    workers,
    rows: (query: string) => queryRows(file, query),
    /** Resolves when so many exports have ended. */
    untilEnded: (count: number) =>
      new Promise<void>((resolve) => {
        const look = (): void => {
          if (ended >= count) resolve();
        };
        heard.add(look);
        look();
      }),
  };
}

/** Draining gives up on a records job that the outage has made fail often; the job stays, and its next attempt comes. */
async function drained(workers: { waitUntilDrained(): Promise<unknown> }, looks = 10): Promise<void> {
  try {
    await workers.waitUntilDrained();
  } catch (error) {
    if (looks === 0 || toContrailError(error).code !== 'QUEUE_STUCK') throw error;
    await delay(3_000);
    await drained(workers, looks - 1);
  }
}

it('writes the row of every attempt and every log row exactly once', async () => {
  const { redis, source, sink, workers, rows, untilEnded } = await setup();
  await untilEnded(40);

  await redis.kill();
  await delay(OUTAGE_MS / 2);
  source.isAway = true;
  sink.isAway = true;
  await delay(OUTAGE_MS / 2);
  await redis.start();
  await delay(OUTAGE_MS / 2);
  source.isAway = false;
  sink.isAway = false;
  await untilEnded(EXPORTS);
  await drained(workers);
  await workers.stop();

  const runs = await rows(`SELECT job_id, outcome, count(*)::INT AS n FROM monitoring.export_runs_v1 GROUP BY ALL`);
  // An export whose end could not be told is looked at once more, and found done: that is a row of its own.
  const final = runs.filter(({ outcome }) => outcome === 'published' || outcome === 'failed');
  const others = runs.filter(
    ({ outcome }) => !['published', 'failed', 'retrying', 'skipped'].includes(String(outcome)),
  );
  expect(others).toEqual([]);
  expect(new Set(final.map((run) => run['job_id'])).size).toBe(EXPORTS);
  expect(final).toHaveLength(EXPORTS);
  const twice = await rows(`SELECT run_id, outcome FROM monitoring.export_runs_v1 GROUP BY ALL HAVING count(*) > 1`);
  expect(twice).toEqual([]);
  const [told] = await rows(
    `SELECT count(*) FILTER (outcome = 'published')::INT AS published,
       count(*) FILTER (outcome IN ('retrying', 'failed'))::INT AS failed FROM monitoring.export_runs_v1`,
  );
  const [logged] = await rows(
    `SELECT count(*) FILTER (log_level = 'WARNING')::INT AS published,
       count(*) FILTER (log_level = 'ERROR')::INT AS failed FROM monitoring.logs`,
  );
  expect(logged).toEqual(told);
}, 180_000);
