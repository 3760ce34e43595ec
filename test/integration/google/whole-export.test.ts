/** The worker's function over the real adapters, where a test needs shorter patience than the command line gives. */
import { expect, it, onTestFinished } from 'vitest';
import { systemRandom } from '../../../src/adapters/system/random.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { BigQueryStatisticsSource } from '../../../src/adapters/bigquery/statistics-source.ts';
import { DEFAULT_LIMITS, type BigQueryOptions } from '../../../src/adapters/bigquery/options.ts';
import { GcsObjectStore } from '../../../src/adapters/gcs/object-store.ts';
import { exportTable } from '../../../src/workers/statistics/export-table.ts';
import { CONSOLE_RULES } from '../../../src/domain/console-rules.ts';
import { recordedLog } from '../../support/recorded-log.ts';
import { startReplayServer } from '../../support/replay-server/replay-server.ts';
import type { FaultRule } from '../../support/replay-server/faults.ts';
import { GcsServer } from '../../unit/adapters/gcs/gcs-server.ts';
import { httpClient } from '../../support/http-client.ts';
import { OBJECT, PROJECT, sha256, view } from '../../support/google-world.ts';

/** Enough for a stream of several messages. */
const ROWS = 60_000;
/** A busy machine may be silent for as long, so that exports that nothing stops do not get it. */
const IMPATIENT = { ...DEFAULT_LIMITS, stallTimeoutMs: 400 };

/** An export from a replay into a bucket that holds an older file. */
async function setup(faults: readonly FaultRule[] = [], options: Pick<BigQueryOptions, 'isCompressed'> = {}) {
  const replay = await startReplayServer({ project: PROJECT, tables: [view(ROWS)], faults });
  const server = await GcsServer.start();
  const log = recordedLog();
  const http = httpClient();
  const source = new BigQueryStatisticsSource({
    project: PROJECT,
    dataset: 'mozanalysis',
    apiEndpoint: replay.restUrl,
    storageEndpoint: replay.grpcAddress,
    limits: faults.some(({ fault }) => fault.kind === 'stall') ? IMPATIENT : DEFAULT_LIMITS,
    http,
    clock: systemClock,
    random: systemRandom,
    log,
    ...options,
  });
  const store = new GcsObjectStore({
    bucket: 'bucket',
    apiEndpoint: server.url,
    http,
    clock: systemClock,
    random: systemRandom,
    log,
  });
  onTestFinished(async () => {
    await source.close();
    await Promise.all([replay.stop(), server.stop()]);
  });
  const old = server.bucket.put(OBJECT, Buffer.from('["old"]'));
  const run = () =>
    exportTable(
      {
        source,
        store,
        clock: systemClock,
        settleMs: 12 * 3_600_000,
        refusedShareLimit: 0.1,
        duplicateLimit: 1_000_000,
        rules: CONSOLE_RULES.e5dd1051c,
      },
      {
        experiment: 'my-slug',
        period: 'weekly',
        knownBy: 'api',
        record: undefined,
        force: false,
        job: 'test',
        signal: new AbortController().signal,
      },
    );
  return { run, replay, old, names: () => [...server.bucket.objects.keys()], published: () => published(server) };
}

function published({ bucket }: GcsServer): Buffer {
  return bucket.objects.get(OBJECT)?.bytes ?? Buffer.alloc(0);
}

async function bytesWithoutTrouble(): Promise<string> {
  const { run, published } = await setup();
  await run();
  return sha256(published());
}

it('gives the same bytes when a stream stands still in the middle, and is taken up again', async () => {
  const expected = await bytesWithoutTrouble();
  const { run, replay, published } = await setup([
    { on: 'storage.readRows', fault: { kind: 'stall', afterBatches: 2 } },
  ]);

  const { outcome } = await run();

  expect(outcome).toMatchObject({ kind: 'published', rows: ROWS });
  expect(sha256(published())).toBe(expected);
  expect(replay.counters.read().requests['storage.readRows']).toBe(2);
});

it('publishes nothing when every stream stands still, and leaves the old file whole', async () => {
  const { run, old, names, published } = await setup([
    { on: 'storage.readRows', times: 'all', fault: { kind: 'stall' } },
  ]);

  await expect(run()).rejects.toMatchObject({ code: 'STREAM_BROKEN', failureClass: 'transient' });

  expect(published()).toEqual(old.bytes);
  expect(names()).toEqual([OBJECT]);
});

it('gives the same bytes from rows that come compressed, also through a break', async () => {
  const expected = await bytesWithoutTrouble();
  const fault = { kind: 'refuse', code: 'UNAVAILABLE', afterBatches: 2 } as const;
  const { run, published, replay } = await setup([{ on: 'storage.readRows', fault }], { isCompressed: true });

  const { outcome } = await run();

  expect(outcome).toMatchObject({ kind: 'published', rows: ROWS });
  expect(sha256(published())).toBe(expected);
  expect(replay.counters.read().requests['storage.readRows']).toBe(2);
});
