/** Several processes that publish the same object at once. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { FileObjectStore } from '../../../src/adapters/filesystem/object-store.ts';
import { ABSENT, type Generation, type StoredObject } from '../../../src/ports/object-store.ts';
import { publish, readText } from '../../contract/object-store.ts';
import { temporaryFolder } from '../../support/duckdb.ts';
import { ProcessFailure, startStoreProcess, type StoreProcess } from './store-process.ts';

const NAME = 'statistics/statistics_x_weekly.json';
const never = new AbortController().signal;

it('of publications of the same generation in several processes, exactly one wins', { timeout: 60_000 }, async () => {
  const root = temporaryFolder();
  const processes = await startThree(root);
  let generation: Generation = ABSENT;

  for (let round = 0; round < 40; round++) {
    const { winners, codes } = await race(processes, generation);

    expect(codes).toEqual(Array.from({ length: 5 }, () => 'OBJECT_CHANGED'));
    expect(winners).toHaveLength(1);
    generation = await expectPublished(root, winners[0]);
  }
});

it('of those who find the lock of a dead process, exactly one takes it over', { timeout: 60_000 }, async () => {
  const root = temporaryFolder();
  const processes = await startThree(root);
  let generation: Generation = ABSENT;

  for (let round = 0; round < 10; round++) {
    const dying = await pauseInLock(root, generation);
    await dying.kill();
    expect(readdirSync(join(root, '.contrail', 'locks'))).toHaveLength(1);

    const { winners, codes } = await race(processes, generation);

    expect(codes).toEqual(Array.from({ length: 5 }, () => 'OBJECT_CHANGED'));
    generation = await expectPublished(root, winners[0]);
    expect(readdirSync(join(root, '.contrail', 'locks'))).toEqual([]);
  }
});

it('a process that is publishing is waited for', async () => {
  const root = temporaryFolder();
  const holder = await pauseInLock(root, ABSENT);
  const publishing = publish(new FileObjectStore({ root, clock: systemClock }), { name: NAME, text: 'late' }).catch(
    (error: unknown) => error,
  );

  await holder.ask('resume');

  expect(await publishing).toMatchObject({ code: 'OBJECT_CHANGED' });
  expect(await readText(new FileObjectStore({ root, clock: systemClock }), NAME)).toBe('holder');
});

it('a process that does not end its publishing is named, and other objects are not held up', async () => {
  const root = temporaryFolder();
  const holder = await pauseInLock(root, ABSENT);
  const store = new FileObjectStore({ root, lockWaitMs: 50, clock: systemClock });

  const publishing = publish(store, { name: NAME, text: 'late' });

  await expect(publishing).rejects.toMatchObject({
    code: 'OBJECT_LOCKED',
    message: expect.stringContaining(`process ${holder.pid}`),
  });
  await expect(publish(store, { name: 'errors/other.json' })).resolves.toBeDefined();
  expect((await store.list('', never)).map((object) => object.name)).toEqual(['errors/other.json']);
});

it('an abort ends the waiting for another process, with the reason', async () => {
  const root = temporaryFolder();
  await pauseInLock(root, ABSENT);
  const controller = new AbortController();
  const { signal } = controller;
  const store = new FileObjectStore({ root, clock: systemClock });
  const writer = await store.write({ name: NAME, contentType: 'text/plain', ifGeneration: ABSENT, signal });
  const publishing = writer.commit({});

  controller.abort(new Error('stop'));

  await expect(publishing).rejects.toThrow('stop');
});

async function startThree(root: string): Promise<StoreProcess[]> {
  return Promise.all([startStoreProcess(root), startStoreProcess(root), startStoreProcess(root)]);
}

/** A process that has the lock and is about to put its object in place. */
async function pauseInLock(root: string, ifGeneration: Generation): Promise<StoreProcess> {
  const holder = await startStoreProcess(root);
  await holder.ask('pauseBeforeRename', { folder: 'statistics' });
  void holder.ask('publish', { name: NAME, text: 'holder', ifGeneration });
  await holder.reported('paused');
  return holder;
}

/** Two publications in each process. */
async function race(processes: readonly StoreProcess[], ifGeneration: Generation) {
  const results = await Promise.allSettled(
    [...processes, ...processes].map((process, index) => {
      const text = `from ${index}`;
      return process.ask<StoredObject>('publish', { name: NAME, text, ifGeneration, metadata: { text } });
    }),
  );
  return {
    winners: results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
    codes: results.flatMap((result) =>
      result.status === 'rejected' && result.reason instanceof ProcessFailure ? [result.reason.code] : [],
    ),
  };
}

async function expectPublished(root: string, winner: StoredObject | undefined): Promise<Generation> {
  const store = new FileObjectStore({ root, clock: systemClock });
  expect(await store.head(NAME, never)).toEqual(winner);
  expect(await readText(store, NAME)).toBe(winner?.metadata['text']);
  return winner?.generation ?? ABSENT;
}
