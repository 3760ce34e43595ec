/** The process that does one export. */
import { CONSOLE_RULES } from '../../src/domain/console-rules.ts';
import { pipeline } from 'node:stream/promises';
import { Transform } from 'node:stream';
import type { Task } from './task.ts';
import { answerTask } from '../support/child.ts';
import { BUCKET, PROJECT } from '../support/services.ts';
import { statisticsTableName } from '../../src/domain/statistics-name.ts';

// The vendor's clients look for a machine of Google's, which takes seconds and is not the question.
process.env['METADATA_SERVER_DETECTION'] = 'none';

answerTask(async (task: Task) => {
  const work = await prepare(task);
  return async () => ({ rows: await work() });
});

function prepare(task: Task): Promise<() => Promise<number>> {
  switch (task.kind) {
    case 'ours':
      return ours(task);
    case 'plain':
      return plain(task);
    case 'arrow':
      return arrow(task);
  }
}

async function ours({ restUrl, grpcAddress, storageUrl, experiment, isPlanned }: Task): Promise<() => Promise<number>> {
  const { BigQueryStatisticsSource } = await import('../../src/adapters/bigquery/statistics-source.ts');
  const { DEFAULT_LIMITS } = await import('../../src/adapters/bigquery/options.ts');
  const { GcsObjectStore } = await import('../../src/adapters/gcs/object-store.ts');
  const { systemClock } = await import('../../src/adapters/system/clock.ts');
  const { systemRandom } = await import('../../src/adapters/system/random.ts');
  const { HttpClient } = await import('../../src/adapters/http/http-client.ts');
  const { createLog } = await import('../../src/adapters/system/log.ts');
  const { exportTable } = await import('../../src/workers/statistics/export-table.ts');
  const log = createLog({ level: 'warn', target: process.stderr });
  const http = new HttpClient({ clock: systemClock, random: systemRandom });
  // What is very large is another question: here one process reads it all.
  const limits = { ...DEFAULT_LIMITS, veryLargeRows: 1e9, veryLargeBytes: 1e15 };
  const source = new BigQueryStatisticsSource({
    project: PROJECT,
    location: 'US',
    apiEndpoint: restUrl,
    storageEndpoint: grpcAddress,
    dataset: 'mozanalysis',
    limits,
    http,
    clock: systemClock,
    random: systemRandom,
    log,
  });
  const table = statisticsTableName(experiment, 'weekly');
  const store = new GcsObjectStore({
    bucket: BUCKET,
    apiEndpoint: storageUrl,
    http,
    clock: systemClock,
    random: systemRandom,
    log,
  });
  const { signal } = new AbortController();
  const deps = {
    source,
    store,
    clock: systemClock,
    settleMs: 12 * 3_600_000,
    refusedShareLimit: 0.1,
    duplicateLimit: 1_000_000,
    rules: CONSOLE_RULES.e5dd1051c,
  };
  const request = {
    experiment,
    period: 'weekly',
    knownBy: 'api',
    record: undefined,
    force: true,
    job: 'bench',
    signal,
  } as const;
  // Connects, unless requests are counted.
  if (isPlanned !== true) await (await source.open({ table, labels: {}, signal }))?.close();
  const seen = { sourceVersion: '2026-01-15T00:00:00.000Z', object: { generation: 'absent', metadata: {} } };
  return async () => {
    const { outcome } = await exportTable(deps, isPlanned ? { ...request, seen } : request);
    if (outcome.kind !== 'published') throw new Error(`The export ended as ${outcome.kind}.`);
    return outcome.rows;
  };
}

/** `[`, the rows as JSON, `]`. */
function jsonArray(count: { rows: number }): Transform {
  return new Transform({
    writableObjectMode: true,
    transform(row: unknown, _encoding, done) {
      done(null, `${count.rows++ === 0 ? '[' : ','}${JSON.stringify(row)}`);
    },
    flush(done) {
      done(null, count.rows === 0 ? '[]' : ']');
    },
  });
}

async function targetOf({ storageUrl, experiment, kind }: Task) {
  const { Storage } = await import('@google-cloud/storage');
  const storage = new Storage({ projectId: PROJECT, apiEndpoint: storageUrl });
  return () => storage.bucket(BUCKET).file(`${kind}/${experiment}.json`).createWriteStream({ validation: false });
}

/** What the vendor's manuals show. */
async function plain(task: Task): Promise<() => Promise<number>> {
  process.env['BIGQUERY_EMULATOR_HOST'] = task.restUrl;
  process.env['STORAGE_EMULATOR_HOST'] = task.storageUrl;
  const { BigQuery } = await import('@google-cloud/bigquery');
  const bigquery = new BigQuery({ projectId: PROJECT, apiEndpoint: task.restUrl });
  const table = bigquery.dataset('mozanalysis').table(statisticsTableName(task.experiment, 'weekly'));
  const target = await targetOf(task);
  await table.getMetadata();
  return async () => {
    const count = { rows: 0 };
    await pipeline(table.createReadStream(), jsonArray(count), target());
    return count.rows;
  };
}

/** What a careful user writes: the raw client, Arrow, an object for each row. */
async function arrow(task: Task): Promise<() => Promise<number>> {
  process.env['STORAGE_EMULATOR_HOST'] = task.storageUrl;
  const v1 = await import('@google-cloud/bigquery-storage/build/src/v1/index.js');
  const { credentials } = await import('@grpc/grpc-js');
  const { tableFromIPC } = await import('apache-arrow');
  const [host = '', port = ''] = task.grpcAddress.split(':');
  const client = new v1.BigQueryReadClient({
    apiEndpoint: host,
    port: Number(port),
    sslCreds: credentials.createInsecure(),
    projectId: PROJECT,
  });
  const table = `projects/${PROJECT}/datasets/mozanalysis/tables/${statisticsTableName(task.experiment, 'weekly')}`;
  // JSON.stringify knows no big integers; as a method of theirs this costs it least.
  Object.assign(BigInt.prototype, {
    toJSON(this: bigint) {
      return Number(this);
    },
  });
  const target = await targetOf(task);
  await client.initialize();
  return async () => {
    const [session] = await client.createReadSession({
      parent: `projects/${PROJECT}`,
      readSession: { table, dataFormat: 'ARROW' },
      maxStreamCount: 1,
    });
    const schema = Buffer.from(session.arrowSchema?.serializedSchema ?? '');
    const stream = client.readRows({ readStream: session.streams?.[0]?.name ?? '' }) as AsyncIterable<RowsMessage>;
    const count = { rows: 0 };
    async function* rows() {
      for await (const message of stream) {
        const bytes = Buffer.from(message.arrowRecordBatch?.serializedRecordBatch ?? []);
        for (const row of tableFromIPC([schema, bytes])) yield row.toJSON();
      }
    }
    await pipeline(rows, jsonArray(count), target());
    return count.rows;
  };
}

interface RowsMessage {
  readonly arrowRecordBatch?: { readonly serializedRecordBatch?: Uint8Array };
}
