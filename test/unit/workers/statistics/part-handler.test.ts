import { expect, it } from 'vitest';
import { MemoryObjectStore } from '../../../../src/adapters/memory/object-store.ts';
import { ABSENT } from '../../../../src/ports/object-store.ts';
import type { DivisibleSource } from '../../../../src/ports/statistics-source.ts';
import { CONSOLE_RULES } from '../../../../src/domain/console-rules.ts';
import { exportPart } from '../../../../src/workers/statistics/export-part.ts';
import { makeStatisticsWorld, OBJECT } from '../../../support/statistics-world.ts';

const PAYLOAD = { version: 1, experiment: 'my-slug', period: 'weekly', token: 't' } as const;

function setup() {
  const { source, never } = makeStatisticsWorld();
  const opened: string[] = [];
  const divisible: DivisibleSource = Object.assign(source, {
    divide: async () => undefined,
    openPart: async ({ token }: { readonly token: string }) => {
      opened.push(token);
      throw new Error('opened');
    },
  });
  return { store: new MemoryObjectStore({ keepHistory: true }), source: divisible, opened, never };
}

it.each([
  OBJECT,
  'metadata/metadata_my_slug.json',
  '.contrail-work',
  '.contrail-work/',
  '.contrail-work/../statistics/x.json',
  '.contrail-work/a/b',
  ' .contrail-work/a.0',
])('writes no part to %j, and reads nothing for it', async (object) => {
  const { store, source, opened, never } = setup();
  const writer = await store.write({
    name: OBJECT,
    contentType: 'application/json',
    ifGeneration: ABSENT,
    signal: never,
  });
  await writer.commit({});

  const act = exportPart(
    { store, source, duplicateLimit: 10, rules: CONSOLE_RULES.e5dd1051c },
    { ...PAYLOAD, object },
    { signal: never },
  );

  await expect(act).rejects.toMatchObject({ code: 'PAYLOAD_INVALID' });
  expect(opened).toEqual([]);
  expect(store.history(OBJECT)).toHaveLength(1);
});
