import { expect, it } from 'vitest';
import { MemoryObjectStore } from '../../../../src/adapters/memory/object-store.ts';
import { seededRandom } from '../../../../src/adapters/memory/seeded-random.ts';
import { bucketChecks } from '../../../../src/app/doctor/bucket-checks.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';

const never = new AbortController().signal;
const refused = (): Promise<never> => Promise.reject(new ContrailError('ACCESS_DENIED', 'Not allowed.'));

/** The states of all rights in a store that lacks one of them. */
async function statesWithout(right: string): Promise<string[]> {
  const store = new MemoryObjectStore();
  Object.assign(store, { [right]: refused });
  const results = await bucketChecks({ store, random: seededRandom(1) }).run(never);
  return results.map(({ check, state }) => `${check.replace('Bucket ', '')} ${state}`);
}

it('tries every right and leaves nothing behind', async () => {
  const store = new MemoryObjectStore();

  const results = await bucketChecks({ store, random: seededRandom(1) }).run(never);

  expect(results.map(({ check, state }) => [check, state])).toEqual(
    ['list', 'write', 'read', 'replace', 'metadata', 'remove'].map((right) => [`Bucket ${right}`, 'ok']),
  );
  expect(await store.list('', never)).toEqual([]);
});

it.each([
  ['list', ['list failed', 'write ok', 'read ok', 'replace ok', 'metadata ok', 'remove ok']],
  ['write', ['list ok', 'write failed']],
  ['read', ['list ok', 'write ok', 'read failed', 'replace ok', 'metadata ok', 'remove ok']],
  ['updateMetadata', ['list ok', 'write ok', 'read ok', 'replace ok', 'metadata failed', 'remove ok']],
  ['remove', ['list ok', 'write ok', 'read ok', 'replace ok', 'metadata ok', 'remove failed']],
] as const)('names the right to %s if it is missing, and tries the others', async (right, states) => {
  expect(await statesWithout(right)).toEqual(states);
});

it('warns of rights that it should not have, and says nothing where nobody tells', async () => {
  const asked: string[] = [];
  const resultsWith = async (heldPermissions: (permissions: readonly string[]) => Promise<readonly string[]>) => {
    const store = Object.assign(new MemoryObjectStore(), { heldPermissions });
    const results = await bucketChecks({ store, random: seededRandom(1) }).run(never);
    return results.filter(({ check }) => check === 'Bucket excess');
  };

  const [some] = await resultsWith(async (permissions) => {
    asked.push(...permissions);
    return permissions.filter((name) => name.startsWith('storage.buckets.'));
  });
  const none = await resultsWith(async () => []);

  expect(some).toMatchObject({ state: 'warning', detail: expect.stringContaining('storage.buckets.delete') });
  expect(some?.detail).not.toContain('storage.objects.setIamPolicy');
  expect(none).toMatchObject([{ state: 'ok' }]);
  expect(await resultsWith(refused)).toEqual([]);
  // What publishing needs is never called needless.
  expect(asked.filter((name) => /^storage\.objects\.(create|get|list|delete|update)$/.test(name))).toEqual([]);
});

it('names the right to replace if only that is missing, and removes the probe', async () => {
  const store = new MemoryObjectStore();
  const write = store.write.bind(store);
  let writes = 0;
  Object.assign(store, {
    write: (request: Parameters<typeof write>[0]) => (++writes === 1 ? write(request) : refused()),
  });

  const results = await bucketChecks({ store, random: seededRandom(1) }).run(never);

  expect(results.filter(({ state }) => state === 'failed').map(({ check }) => check)).toEqual(['Bucket replace']);
  expect(await store.list('', never)).toEqual([]);
});
