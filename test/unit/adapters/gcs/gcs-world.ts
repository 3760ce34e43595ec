/** A store on our own Cloud Storage, for one test. */
import { onTestFinished } from 'vitest';
import { systemRandom } from '../../../../src/adapters/system/random.ts';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { GcsObjectStore, type GcsObjectStoreOptions } from '../../../../src/adapters/gcs/object-store.ts';
import { ABSENT, type ObjectWriter, type WriteRequest } from '../../../../src/ports/object-store.ts';
import { recordedLog, type RecordedLog } from '../../../support/recorded-log.ts';
import { GcsServer } from './gcs-server.ts';
import { httpClient } from '../../../support/http-client.ts';

export const NAME = 'statistics/statistics_x_weekly.json';
export const KIBIBYTE = 1024;
/** The smallest chunk there is. */
export const CHUNK = 256 * KIBIBYTE;
export const never = new AbortController().signal;

export interface GcsWorld {
  readonly server: GcsServer;
  readonly store: GcsObjectStore;
  readonly log: RecordedLog;
}

/** A server and a store on it that tries thrice, at once; ended with the test. */
export async function gcsWorld(options: Partial<GcsObjectStoreOptions> = {}): Promise<GcsWorld> {
  const server = await GcsServer.start();
  onTestFinished(() => server.stop());
  const log = recordedLog();
  const store = new GcsObjectStore({
    bucket: 'bucket',
    apiEndpoint: server.url,
    http: httpClient(),
    retry: { attempts: 3, firstPauseMs: 1, longestPauseMs: 2 },
    clock: systemClock,
    random: systemRandom,
    log,
    ...options,
  });
  return { server, store, log };
}

/** The same, with objects sent by upload sessions in chunks of 256 KiB. */
export function sessionWorld(options: Partial<GcsObjectStoreOptions> = {}): Promise<GcsWorld> {
  return gcsWorld({ singleRequestBytes: 0, chunkBytes: CHUNK, ...options });
}

/** Begins to write an object that is not there yet. */
export function begin(store: GcsObjectStore, request: Partial<WriteRequest> = {}): Promise<ObjectWriter> {
  return store.write({ name: NAME, contentType: 'application/json', ifGeneration: ABSENT, signal: never, ...request });
}

/** Bytes that differ from place to place. */
export function testBytes(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 0xff));
}
