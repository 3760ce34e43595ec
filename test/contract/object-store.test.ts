import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FileObjectStore } from '../../src/adapters/filesystem/object-store.ts';
import { MemoryObjectStore } from '../../src/adapters/memory/object-store.ts';
import { temporaryFolder } from '../support/duckdb.ts';
import { describeObjectStore, publish } from './object-store.ts';

describeObjectStore('filesystem', () =>
  Promise.resolve(new FileObjectStore({ root: join(temporaryFolder(), 'not', 'there', 'yet') })),
);

describeObjectStore('memory', () => Promise.resolve(new MemoryObjectStore()));

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
