import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { FileObjectStore } from '../../src/adapters/filesystem/object-store.ts';
import { MemoryObjectStore } from '../../src/adapters/memory/object-store.ts';
import { temporaryFolder } from '../support/duckdb.ts';
import { describeComposePreconditions, describeComposingStore } from './composing-store.ts';
import { describeObjectStore, publish } from './object-store.ts';

const onDisk = async () =>
  new FileObjectStore({ root: join(temporaryFolder(), 'not', 'there', 'yet'), clock: systemClock });
const inMemory = async () => new MemoryObjectStore();

describeObjectStore('filesystem', onDisk);
describeObjectStore('memory', inMemory);
describeComposingStore('filesystem', onDisk);
describeComposingStore('memory', inMemory);
describeComposePreconditions('filesystem', onDisk);
describeComposePreconditions('memory', inMemory);

it('file store removes work objects of a day ago, and no others, when it begins to write', async () => {
  const root = temporaryFolder();
  const before = new FileObjectStore({ root, clock: systemClock });
  for (const name of ['.contrail-work/old', '.contrail-work/new', 'statistics/old']) await publish(before, { name });
  const twoDaysAgo = new Date(Date.now() - 2 * 24 * 3_600_000);
  for (const name of ['.contrail-work/old', 'statistics/old']) utimesSync(join(root, name), twoDaysAgo, twoDaysAgo);
  const store = new FileObjectStore({ root, clock: systemClock });

  await publish(store, { name: 'statistics/next' });

  const names = (await store.list('', new AbortController().signal)).map((object) => object.name);
  expect(names.sort()).toEqual(['.contrail-work/new', 'statistics/next', 'statistics/old']);
});

it('memory store keeps every generation it ever had, if asked', async () => {
  const store = new MemoryObjectStore({ keepHistory: true, clock: { now: () => 7 } });
  const first = await publish(store, { text: 'first', metadata: { a: '1' } });

  const second = await publish(store, { text: 'second', ifGeneration: first.generation });

  expect(store.history(first.name)).toEqual([
    { object: first, bytes: Buffer.from('first') },
    { object: second, bytes: Buffer.from('second') },
  ]);
  expect([first.generation, second.generation, second.changedAt]).toEqual(['1', '2', 7]);
});
