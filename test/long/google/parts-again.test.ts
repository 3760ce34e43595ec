/** A divided export that is asked for again, and parts that nobody has divided off. */
import { Queue } from 'bullmq';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { STATISTICS_PART_JOB } from '../../../src/jobs/statistics-part-job.ts';
import { STATISTICS_FIELDS, WINDOW_FIELD } from '../../support/replay-server/statistics-rows.ts';
import { statisticsRow } from '../../support/statistics-table.ts';
import { googleWorld, OBJECT, partsDone, VIEW } from '../../support/google-world.ts';

const DIVIDED = { CONTRAIL_STATISTICS_DIVIDE_ROWS: '10', CONTRAIL_BIGQUERY_PARTS: '4' };
const ROWS = Array.from({ length: 32 }, (_, index) =>
  statisticsRow({ metric: `metric_${index % 8}`, window_index: 1 + Math.floor(index / 8) }),
);
const TABLE = { name: `mozanalysis.${VIEW}`, fields: [...STATISTICS_FIELDS, WINDOW_FIELD], rows: ROWS };
const Sealed = z.object({ payload: z.record(z.string(), z.unknown()), seal: z.string() });
const LONG_MS = 120_000;

async function setup() {
  const world = await googleWorld({ tables: [TABLE] }, DIVIDED);
  const { contrail, storage } = world;
  return {
    ...world,
    /** Asks for all that is due, and works until the queues are empty. */
    export: async () => {
      const asked = await contrail('backfill', '--product', 'statistics', '--json');
      const { stderr } = await contrail('worker', '--drain');
      return { enqueued: JSON.parse(asked.stdout).enqueued, parts: partsDone(stderr), stderr };
    },
    openParts: () => {
      const { CONTRAIL_REDIS: url = '', CONTRAIL_QUEUE_PREFIX: prefix = '' } = world.environment;
      const queue = new Queue(STATISTICS_PART_JOB.queue, { connection: { url }, prefix });
      onTestFinished(() => queue.close());
      return queue;
    },
    names: () => [...storage.bucket.objects.keys()],
  };
}

it(
  'is divided anew when its file was deleted',
  async () => {
    const { export: exportAll, storage, published, names } = await setup();
    const first = await exportAll();
    const bytes = published();
    storage.bucket.objects.delete(OBJECT);

    const second = await exportAll();

    expect(bytes).toBeDefined();
    expect([first.enqueued, second.enqueued]).toEqual([1, 1]);
    expect(published()?.equals(bytes ?? Buffer.alloc(0))).toBe(true);
    expect(second.parts.length).toBeGreaterThan(1);
    expect(second.parts.filter((id) => first.parts.includes(id))).toEqual([]);
    expect(names()).toEqual([OBJECT]);
  },
  LONG_MS,
);

it(
  'is divided anew after a part had no permission',
  async () => {
    const { export: exportAll, replay, published, names } = await setup();
    replay.faults.add({ on: 'storage.createReadSession', fault: { kind: 'refuse', code: 'PERMISSION_DENIED' } });
    const first = await exportAll();
    const afterFirst = names();

    const second = await exportAll();

    expect(first.stderr).toContain('ACCESS_DENIED');
    expect(afterFirst).toEqual([]);
    expect(second.enqueued).toBe(1);
    expect(JSON.parse(published()?.toString('utf8') ?? '[]')).toHaveLength(ROWS.length);
    expect(names()).toEqual([OBJECT]);
  },
  LONG_MS,
);

it(
  'takes no part that somebody put into the queue, and writes nothing for it',
  async () => {
    const { export: exportAll, contrail, storage, openParts, published, names } = await setup();
    await exportAll();
    const before = published();
    const generation = storage.bucket.objects.get(OBJECT)?.generation;
    const parts = openParts();
    const [real] = await parts.getCompleted();
    const { payload, seal } = Sealed.parse(real?.data);
    const forged = [
      { payload: { ...payload, object: OBJECT } },
      { payload: { ...payload, object: OBJECT }, seal },
      { payload: { ...payload, object: '.contrail-work/mine' }, seal: 'AAAA' },
      { payload, seal },
    ];
    for (const [index, data] of forged.entries()) await parts.add('forged', data, { jobId: `forged-${index}` });

    await contrail('worker', '--drain');

    const failed = await parts.getFailed();
    expect(new Set(failed.map(({ id }) => id))).toEqual(new Set(forged.map((_, index) => `forged-${index}`)));
    expect(failed.map(({ failedReason }) => failedReason)).toEqual(
      failed.map(() => expect.stringContaining('PAYLOAD_INVALID')),
    );
    expect(published()).toEqual(before);
    expect(storage.bucket.objects.get(OBJECT)?.generation).toBe(generation);
    expect(names()).toEqual([OBJECT]);
  },
  LONG_MS,
);
