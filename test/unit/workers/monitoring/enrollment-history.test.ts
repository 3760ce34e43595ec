import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { MemoryObjectStore } from '../../../../src/adapters/memory/object-store.ts';
import { ABSENT } from '../../../../src/ports/object-store.ts';
import { KeptEnrollmentHistory } from '../../../../src/workers/monitoring/enrollment-history.ts';

const never = new AbortController().signal;
const LIMIT = { bytes: 10_000, setting: 'CONTRAIL_ENROLLMENT_COUNTS_MAXIMUM_BYTES' };
const counts = (enrolled: number, unenrolled: number) =>
  JSON.stringify({
    v1: { 'my-slug': { total_enrollments: enrolled, total_unenrollments: unenrolled, branches: {} } },
  });

function setup() {
  const store = new MemoryObjectStore({ clock: { now: () => 0 } });
  const reads: string[] = [];
  const read = store.read.bind(store);
  store.read = (name, signal) => {
    reads.push(name.slice(-15, -5));
    return read(name, signal);
  };
  return {
    store,
    reads,
    history: new KeptEnrollmentHistory({ store, limit: LIMIT }),
    write: async (day: string, content: string) => {
      const name = `enrollment_counts/enrollment_counts_${day}.json`;
      const ifGeneration = (await store.head(name, never))?.generation ?? ABSENT;
      const writer = await store.write({ name, contentType: 'application/json', ifGeneration, signal: never });
      await writer.write(Buffer.from(content));
      await writer.commit({});
    },
  };
}

it('reads the totals of each day, in their order, and no other file', async () => {
  const { history, write } = setup();
  await write('2026-01-14', counts(30, 3));
  await write('2026-01-13', counts(20, 2));
  await write('latest', counts(99, 9));
  await write('2026-02-31', counts(99, 9));

  expect(await history.read('my-slug', never)).toEqual({
    totals: [
      { day: '2026-01-13', enrolled: 20, unenrolled: 2 },
      { day: '2026-01-14', enrolled: 30, unenrolled: 3 },
    ],
    unreadable: [],
  });
  expect(await history.read('other', never)).toEqual({ totals: [], unreadable: [] });
});

it('reads a file again only when it has changed', async () => {
  const { history, write, reads } = setup();
  await write('2026-01-13', counts(20, 2));
  await write('2026-01-14', counts(30, 3));
  await history.read('my-slug', never);
  await write('2026-01-14', counts(31, 3));

  const { totals } = await history.read('my-slug', never);

  expect(totals.at(-1)?.enrolled).toBe(31);
  expect(reads.toSorted()).toEqual(['2026-01-13', '2026-01-14', '2026-01-14']);
});

it('reads the newest 29 days of many', async () => {
  const { history, write, reads } = setup();
  for (let day = 1; day <= 31; day++) await write(`2026-01-${String(day).padStart(2, '0')}`, counts(day, 0));

  const { totals } = await history.read('my-slug', never);

  expect([totals.length, totals[0]?.day, reads.length]).toEqual([29, '2026-01-03', 29]);
});

it.each([
  ['{', 'the file is not JSON'],
  ['[]', 'the file has another form'],
  [' '.repeat(20_000), 'it is larger than 10000 bytes, the limit of CONTRAIL_ENROLLMENT_COUNTS_MAXIMUM_BYTES'],
])('names a file that cannot be used: %.2s', async (content, problem) => {
  const { history, write } = setup();
  await write('2026-01-13', counts(20, 2));
  await write('2026-01-14', content);

  const { totals, unreadable } = await history.read('my-slug', never);

  expect(totals).toHaveLength(1);
  expect(unreadable).toEqual([`2026-01-14: ${problem}`]);
});

it('fails if the store does, and reads everything at the next try', async () => {
  const { history, write, store } = setup();
  await write('2026-01-14', counts(20, 2));
  const read = store.read.bind(store);
  store.read = async () => Readable.from(failing());
  await expect(history.read('my-slug', never)).rejects.toThrow('connection reset');
  store.read = read;

  expect((await history.read('my-slug', never)).totals).toHaveLength(1);
});

// oxlint-disable-next-line require-yield -- It fails before its first chunk.
function* failing(): Generator<Buffer> {
  throw new Error('connection reset');
}
