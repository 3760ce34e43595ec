/** Parts that a worker left behind when it died are removed by the next worker, when they are old enough to be nobody's. */
import { expect, it } from 'vitest';
import { googleWorld } from '../../support/google-world.ts';

const HOUR_MS = 3_600_000;
const OLD = '.contrail-work/gone.1.0';
const YOUNG = '.contrail-work/at-work.1.0';

async function setup() {
  const world = await googleWorld({ tables: [] });
  const { bucket } = world.storage;
  bucket.put(OLD, Buffer.from('{}'), { created: new Date(Date.now() - 25 * HOUR_MS) });
  bucket.put(YOUNG, Buffer.from('{}'), { created: new Date(Date.now() - 23 * HOUR_MS) });
  bucket.put('statistics/old.json', Buffer.from('[]'), { created: new Date(0) });
  return { ...world, names: () => [...bucket.objects.keys()].toSorted() };
}

it('removes what is older than a day when a worker starts, and nothing else', async () => {
  const { start, names } = await setup();

  const { code, stderr } = await start('worker', '--drain').ended;

  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(names()).toEqual([YOUNG, 'statistics/old.json']);
  expect(stderr).toContain('old work objects were removed');
});

it('leaves the bucket alone where a worker makes no such parts', async () => {
  const { start, names, storage } = await setup();

  const { code } = await start('worker', '--drain', '--queue', 'records').ended;

  expect(code).toBe(0);
  expect(storage.requests).toEqual([]);
  expect(names()).toContain(OLD);
});

it('works on where the bucket does not let itself be listed', async () => {
  const { start, storage, names } = await setup();
  storage.failNext('list', { reply: { status: 403, json: { error: { message: 'no storage.objects.list access' } } } });

  const { code, stderr } = await start('worker', '--drain').ended;

  expect(code).toBe(0);
  expect(stderr).toContain('old work objects could not be removed');
  expect(names()).toContain(OLD);
});
