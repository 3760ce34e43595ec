/** The store against fake-gcs-server: the whole contract, but for what that emulator does not do. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemRandom } from '../../src/adapters/system/random.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { GcsObjectStore, type GcsObjectStoreOptions } from '../../src/adapters/gcs/object-store.ts';
import { describeComposingStore } from '../contract/composing-store.ts';
import { describeObjectStore, publish, readText } from '../contract/object-store.ts';
import { describeWithEmulators, type GcsEmulator, startGcsEmulator } from '../support/emulators.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { httpClient } from '../support/http-client.ts';

const KIBIBYTE = 1024;
const never = new AbortController().signal;

describeWithEmulators('fake-gcs-server', ['fake-gcs-server'], () => {
  let emulator: GcsEmulator;

  beforeAll(async () => {
    emulator = await startGcsEmulator();
  });
  afterAll(() => emulator.stop());

  async function newStore(options: Partial<GcsObjectStoreOptions> = {}): Promise<GcsObjectStore> {
    const bucket = `bucket-${randomUUID()}`;
    await emulator.createBucket(bucket);
    return new GcsObjectStore({
      bucket,
      apiEndpoint: emulator.url,
      http: httpClient(),
      clock: systemClock,
      random: systemRandom,
      log: recordedLog(),
      ...options,
    });
  }

  describeObjectStore('gcs', () => newStore());
  describeObjectStore('gcs, by upload sessions', () =>
    newStore({ singleRequestBytes: 0, chunkBytes: 256 * KIBIBYTE, timeouts: { cleanUpMs: 1_000 } }),
  );
  // Without the preconditions: the emulator looks at none when it joins, and answers a missing part with status 500.
  describeComposingStore('gcs', () => newStore());

  it('takes and gives back compressed objects', async () => {
    const store = await newStore({ gzip: true });
    const text = 'a row of much the same, '.repeat(100_000);

    const published = await publish(store, { text, metadata: { a: '1' } });

    expect(published.bytes).toBeLessThan(text.length / 20);
    expect(await readText(store)).toBe(text);
    expect(await store.head(published.name, never)).toEqual(published);
  });

  it('says that the bucket is missing, whatever is asked of it', async () => {
    const store = new GcsObjectStore({
      bucket: 'not-there',
      apiEndpoint: emulator.url,
      http: httpClient(),
      clock: systemClock,
      random: systemRandom,
      log: recordedLog(),
    });

    const failures = await Promise.allSettled([
      store.head('a', never),
      store.list('', never),
      store.read('a', never),
      publish(store, { name: 'a' }),
    ]);

    const codes = failures.map((failure) => (failure.status === 'rejected' ? failure.reason.code : 'none'));
    expect(codes).toEqual(['BUCKET_MISSING', 'BUCKET_MISSING', 'BUCKET_MISSING', 'BUCKET_MISSING']);
  });
});
