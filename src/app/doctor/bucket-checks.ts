/** The bucket: every right that publishing needs, tried on a probe object that is removed again. */
import { METADATA } from '../../domain/object-metadata.ts';
import { CONTRAIL_VERSION } from '../../domain/version.ts';
import { WORK_FOLDER } from '../../domain/work-folder.ts';
import { ABSENT, type ComposingStore, type Generation, type StoredObject } from '../../ports/object-store.ts';
import type { Random } from '../../ports/random.ts';
import { type CheckGroup, type CheckResult, ok, tried } from './check.ts';
import { needlessRights } from './needless-rights.ts';

export interface BucketCheckDependencies {
  readonly store: ComposingStore;
  readonly random: Pick<Random, 'uuid'>;
}

/** Rights to say who may use the bucket and its objects, and to change or remove the bucket. */
const NEEDLESS = [
  'storage.objects.setIamPolicy',
  'storage.buckets.setIamPolicy',
  'storage.buckets.update',
  'storage.buckets.delete',
];

/** If the probe cannot be written, the rights that need one are not tried. A probe that stays is swept with other old work. */
export function bucketChecks({ store, random }: BucketCheckDependencies): CheckGroup {
  return {
    name: 'Bucket',
    run: async (signal) => {
      const name = `${WORK_FOLDER}doctor-${random.uuid()}`;
      const results = [await tried('Bucket list', signal, () => list(store, signal))];
      let isWritten = false;
      try {
        const probing = await tryProbe(store, name, signal);
        isWritten = probing.length > 1;
        results.push(...probing);
      } finally {
        // Also after an abort or a lost answer.
        const removed = await tried('Bucket remove', NEVER, () => remove(store, name));
        if (isWritten) results.push(removed);
      }
      const ask = async () => store.heldPermissions?.(NEEDLESS, signal);
      return [...results, ...(await needlessRights('Bucket excess', ask, signal))];
    },
  };
}

const NEVER = new AbortController().signal;

async function tryProbe(store: ComposingStore, name: string, signal: AbortSignal): Promise<CheckResult[]> {
  let probe: StoredObject | undefined;
  const written = await tried('Bucket write', signal, async () => {
    probe = await write(store, { name, ifGeneration: ABSENT, signal });
    return ok('Bucket write', `Contrail may create objects in ${store.url}.`);
  });
  if (probe === undefined) return [written];
  const { generation } = probe;
  return [
    written,
    await tried('Bucket read', signal, async () => {
      const stream = await store.read(name, signal);
      stream?.destroy();
      return ok('Bucket read', 'Contrail may read objects.');
    }),
    await tried('Bucket replace', signal, async () => {
      await write(store, { name, ifGeneration: generation, signal });
      return ok('Bucket replace', 'Contrail may replace objects.');
    }),
    await tried('Bucket metadata', signal, async () => {
      const current = await store.head(name, signal);
      const ifGeneration = current?.generation ?? generation;
      await store.updateMetadata({ name, ifGeneration, metadata: { [METADATA.version]: CONTRAIL_VERSION }, signal });
      return ok('Bucket metadata', 'Contrail may change the metadata of objects.');
    }),
  ];
}

async function list(store: ComposingStore, signal: AbortSignal): Promise<CheckResult> {
  const objects = await store.list('metadata/', signal);
  return ok('Bucket list', `${store.url} has ${objects.length} metadata files.`);
}

async function write(
  store: ComposingStore,
  request: { readonly name: string; readonly ifGeneration: Generation; readonly signal: AbortSignal },
): Promise<StoredObject> {
  const writer = await store.write({ ...request, contentType: 'text/plain' });
  try {
    await writer.write(Buffer.from('contrail doctor\n'));
    return await writer.commit({});
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

async function remove(store: ComposingStore, name: string): Promise<CheckResult> {
  await store.remove(name, NEVER);
  return ok('Bucket remove', 'Contrail may remove its temporary objects.');
}
