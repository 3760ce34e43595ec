/** What a process leaves behind that is killed while it publishes. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { FileObjectStore } from '../../../src/adapters/filesystem/object-store.ts';
import { ABSENT, type ObjectStore } from '../../../src/ports/object-store.ts';
import { publish, readText } from '../../contract/object-store.ts';
import { temporaryFolder } from '../../support/duckdb.ts';
import { startStoreProcess } from './store-process.ts';

const NAME = 'statistics/statistics_x_weekly.json';
const AT_ONCE = 4;
const never = new AbortController().signal;

it(
  'an object is whole and has its metadata, before whatever step the process is killed',
  { timeout: 120_000 },
  async () => {
    const { steps } = await (
      await startStoreProcess(temporaryFolder())
    ).ask<{ steps: string[] }>('tell', { name: NAME });
    const states: string[] = [];

    for (let step = 1; step <= steps.length; step += AT_ONCE) {
      const group = Array.from({ length: Math.min(AT_ONCE, steps.length - step + 1) }, (_, index) => step + index);
      states.push(...(await Promise.all(group.map(crashBeforeStep))));
    }

    // Each state is seen, in order, and no other.
    expect(steps.length).toBeGreaterThan(30);
    expect(states.filter((state, index) => state !== states[index - 1])).toEqual([
      'absent',
      'first {"is":"first"}',
      'second {"is":"second"}',
      'second {"is":"third"}',
    ]);
  },
);

/** Lets a process die there; gives what a reader sees, and checks that the next writer is not disturbed. */
async function crashBeforeStep(step: number): Promise<string> {
  const root = temporaryFolder();
  const child = await startStoreProcess(root);
  await child.ask('dieBeforeStep', { step });
  void child.ask('tell', { name: NAME });
  await child.ended();

  const store = new FileObjectStore({ root, lockWaitMs: 0, clock: systemClock });
  const state = await stateOf(store);
  await publishAgain(store);
  expect(await stateOf(store), `after step ${step}`).toBe('again {"is":"again"}');
  expect(leftoversIn(root), `after step ${step}`).toEqual([]);
  return state;
}

async function stateOf(store: ObjectStore): Promise<string> {
  const objects = await store.list('', never);
  const text = await readText(store, NAME);
  expect(objects.map((object) => object.name)).toEqual(text === undefined ? [] : [NAME]);
  return text === undefined ? 'absent' : `${text} ${JSON.stringify(objects[0]?.metadata)}`;
}

async function publishAgain(store: ObjectStore): Promise<void> {
  const ifGeneration = (await store.head(NAME, never))?.generation ?? ABSENT;
  await publish(store, { name: NAME, text: 'again', ifGeneration, metadata: { is: 'again' } });
}

function leftoversIn(root: string): string[] {
  return ['tmp', 'locks'].flatMap((folder) => {
    const path = join(root, '.contrail', folder);
    return existsSync(path) ? readdirSync(path).map((file) => `${folder}/${file}`) : [];
  });
}

it('a process killed in the middle of writing leaves nothing that a reader sees, and nothing after the next write', async () => {
  const root = temporaryFolder();
  const child = await startStoreProcess(root);
  await child.ask('hold', { name: NAME, text: '[1,2' });
  const written = leftoversIn(root);

  await child.kill();
  const store = new FileObjectStore({ root, clock: systemClock });
  const seen = await store.list('', never);
  await publish(store, { name: 'errors/other.json' });

  expect(written).toHaveLength(1);
  expect(seen).toEqual([]);
  expect(leftoversIn(root)).toEqual([]);
});

it('a reader that never pauses sees whole objects only, with their metadata, and never an older one', async () => {
  const root = temporaryFolder();
  const store = new FileObjectStore({ root, clock: systemClock });
  const child = await startStoreProcess(root);
  const progress = { isDone: false };
  const writing = child.ask('publishVersions', { name: NAME, count: 300 }).finally(() => {
    progress.isDone = true;
  });
  const seen: { version: number; text: string | undefined; bytes: number }[] = [];

  while (!progress.isDone) {
    const [object] = await store.list('statistics/', never);
    const text = await readText(store, NAME);
    if (object !== undefined) seen.push({ version: Number(object.metadata['version']), text, bytes: object.bytes });
  }
  await writing;

  let newest = 1;
  for (const { version, text } of seen) {
    const numbers: unknown = JSON.parse(text ?? '');
    const [first] = numbers as number[];
    expect(new Set(numbers as number[])).toEqual(new Set([first]));
    expect(numbers).toHaveLength((((first ?? 0) * 7919) % 20_000) + 1);
    expect(version).toBeGreaterThanOrEqual(newest);
    expect(first).toBeGreaterThanOrEqual(version);
    newest = first ?? 0;
  }
  expect(new Set(seen.map(({ version }) => version)).size).toBeGreaterThan(10);
});
