/** A very large table in parts, over several worker processes, against a replay of the real protocol. */
import { expect, it } from 'vitest';
import { z } from 'zod';
import { googleWorld, OBJECT, partsDone, view } from '../../support/google-world.ts';

const ROWS = 120_000;
const WINDOWS = 8;
/** Small enough that the table is divided. */
const DIVIDED = { CONTRAIL_STATISTICS_DIVIDE_ROWS: '50000', CONTRAIL_BIGQUERY_PARTS: '4' };
/** A plain table: of a view the warehouse does not tell how many rows it has. */
const TABLE = { ...view(ROWS, WINDOWS), kind: 'table' } as const;
const Rows = z.array(z.record(z.string(), z.unknown()));

/** The rows of a file, each as its text, in an order of their own. */
function sortedRows(bytes: Buffer | undefined): string[] {
  return Rows.parse(JSON.parse(bytes?.toString('utf8') ?? '[]'))
    .map((row) => JSON.stringify(row))
    .toSorted();
}

it('gives the rows of the single path, with nothing left aside, whoever did the parts', async () => {
  const single = await googleWorld({ tables: [TABLE] });
  await single.run();
  const divided = await googleWorld({ tables: [TABLE] }, DIVIDED);
  await divided.contrail('backfill', '--product', 'statistics');

  const workers = [1, 2].map(() => divided.start('worker', '--drain'));
  const ends = await Promise.all(workers.map((worker) => worker.ended));

  expect(ends.map(({ code }) => code)).toEqual([0, 0]);
  expect(sortedRows(divided.published())).toEqual(sortedRows(single.published()));
  expect([...divided.storage.bucket.objects.keys()]).toEqual([OBJECT]);
  const parts = ends.flatMap(({ stderr }) => partsDone(stderr));
  expect(parts.length).toBeGreaterThan(1);
});

it('records what the division and all its parts have cost, and what was published', async () => {
  const { contrail, replay, storage } = await googleWorld(
    { tables: [TABLE] },
    { ...DIVIDED, CONTRAIL_PRICING_MODE: 'on_demand' },
  );
  await contrail('backfill', '--product', 'statistics');

  const { code } = await contrail('worker', '--drain');

  expect(code).toBe(0);
  expect(replay.rowsOf('monitoring.export_runs_v1')).toEqual([
    expect.objectContaining({
      outcome: 'published',
      source_rows: BigInt(ROWS),
      rows: BigInt(ROWS),
      generation: String(storage.bucket.objects.get(OBJECT)?.generation),
      price_mode: 'on_demand',
    }),
  ]);
  const [run] = replay.rowsOf('monitoring.export_runs_v1');
  for (const column of ['bytes_read', 'bytes_billed', 'requests', 'cost_usd']) {
    expect(Number(run?.[column]), column).toBeGreaterThan(0);
  }
}, 60_000);

it('does a part again whose worker was killed, and that part alone', async () => {
  const single = await googleWorld({ tables: [TABLE] });
  await single.run();
  const { contrail, start, replay, published, storage } = await googleWorld({ tables: [TABLE] }, DIVIDED);
  await contrail('backfill', '--product', 'statistics');
  // One stream stands still: its worker is killed over it.
  replay.faults.add({ on: 'storage.readRows', skip: 1, fault: { kind: 'stall', afterBatches: 0 } });
  const first = start('worker', '--queue', 'statistics', 'statistics-parts', '--concurrency', '2');
  await first.says(/(?:"queue":"statistics-parts"[^\n]*"msg":"job done"[^]*){2}/);
  first.child.kill('SIGKILL');

  const { code, stderr } = await start('worker', '--drain').ended;

  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(sortedRows(published())).toEqual(sortedRows(single.published()));
  expect([...storage.bucket.objects.keys()]).toEqual([OBJECT]);
  const before = partsDone((await first.ended).stderr);
  const after = partsDone(stderr);
  // What it told last it may not have told the queue any more.
  const settled = before.slice(0, -1);
  expect(settled.length).toBeGreaterThan(0);
  expect(after.length).toBeGreaterThan(0);
  expect(after.filter((id) => settled.includes(id))).toEqual([]);
}, 90_000);
