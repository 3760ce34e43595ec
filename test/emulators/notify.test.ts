/** A change that BigQuery tells by Pub/Sub, from the message to the published file. */
import { expect, it } from 'vitest';
import { changeRecord } from '../support/change-record.ts';
import { googleWorld, VIEW } from '../support/google-world.ts';
import { startPubSubServer } from '../support/pubsub-server.ts';

const POLL = { timeout: 30_000, interval: 20 };

function table(rows: number, lastModifiedMs: number) {
  return { name: `mozanalysis.${VIEW}`, lastModifiedMs, generate: { rows } };
}

it('publishes the file of a table that is told to have changed, with no scan, whatever else is told', async () => {
  const server = await startPubSubServer();
  const changedMs = Date.parse('2026-01-15T00:00:00Z');
  const { replay, start, published } = await googleWorld(
    { tables: [table(3, changedMs)] },
    {
      CONTRAIL_SCHEDULE_INTERVAL: '1d',
      CONTRAIL_NOTIFY_SUBSCRIPTION: server.subscription,
      PUBSUB_EMULATOR_HOST: server.address,
    },
  );
  const rows = (): number => JSON.parse(published()?.toString() ?? '[]').length;
  const worker = start('worker');
  const scheduler = start('schedule');
  await Promise.all([worker.says(/taking jobs/), scheduler.says(/scanned/)]);
  await expect.poll(rows, POLL).toBe(3);

  replay.catalog.add(table(5, changedMs + 60_000));
  const told = changeRecord(VIEW);
  await server.publish('no JSON', changeRecord(VIEW, { dataset: 'other' }), Buffer.alloc(2_000_000), told, told);
  await expect.poll(rows, POLL).toBe(5);

  await server.restart();
  replay.catalog.add(table(7, changedMs + 120_000));
  await expect.poll(() => server.publish(told).then(rows), { timeout: 60_000, interval: 1_000 }).toBe(7);

  worker.child.kill('SIGTERM');
  scheduler.child.kill('SIGTERM');
  expect([(await worker.ended).code, (await scheduler.ended).code]).toEqual([0, 0]);
}, 150_000);
