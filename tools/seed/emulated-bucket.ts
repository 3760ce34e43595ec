/** A bucket in a Cloud Storage emulator, made by the vendor's client. */
import { Storage } from '@google-cloud/storage';
import { untilAborted } from '../../src/domain/until-aborted.ts';

const CONFLICT = 409;

/** Makes a bucket; one that is there stays as it is. */
export async function makeBucket(apiEndpoint: string, name: string, signal: AbortSignal): Promise<void> {
  const storage = new Storage({ apiEndpoint, projectId: 'seed' });
  // The client takes STORAGE_EMULATOR_HOST as it stands for this, although it needs no path there.
  storage.baseUrl = `${apiEndpoint}/storage/v1`;
  try {
    await untilAborted(storage.createBucket(name), signal);
  } catch (error) {
    if (statusOf(error) === CONFLICT) return;
    throw new Error(`the bucket ${name} cannot be made`, { cause: error });
  }
}

function statusOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
