/** Makes a file anew from its source, as a worker would, and compares it with the published one. */
import { type ContrailError, toContrailError } from '../../domain/errors.ts';
import { MalformedArrayError } from '../../domain/json-array-elements.ts';
import { METADATA } from '../../domain/object-metadata.ts';
import type { ObjectMetadata, ObjectStore } from '../../ports/object-store.ts';
import { type Fault, fault } from './faults.ts';
import type { PublishedFile, Source } from './inventory.ts';
import { RehearsalStore } from './rehearsal-store.ts';
import { rowSum, WrittenRowSum } from './row-sum.ts';

/** Does the job of a file, writing to that store. */
export type MakeFile = (source: Source, store: ObjectStore, signal: AbortSignal) => Promise<void>;

export interface FreshDependencies {
  readonly store: ObjectStore;
  readonly make: MakeFile;
}

/** Faults of a file whose bytes have this checksum. None if its source has changed since. */
export async function compareWithFresh(
  { store, make }: FreshDependencies,
  { object, file, source }: PublishedFile,
  { sha256, signal }: { readonly sha256: string; readonly signal: AbortSignal },
): Promise<Fault[]> {
  if (source === undefined || object.metadata[METADATA.sourceVersion] !== source.version) return [];
  try {
    const rehearsal = new RehearsalStore(store);
    await make(source, rehearsal, signal);
    const fresh = rehearsal.rehearsed;
    if (fresh?.[METADATA.sourceVersion] !== source.version) return [];
    const others = countFaults(object.metadata, fresh);
    if (fresh[METADATA.sha256] === sha256) return others;
    const isReordered =
      file?.product === 'statistics' && (await hasSameRows({ store, make }, { object, source, signal }));
    if (isReordered) return others;
    return [...others, fault('content', 'Its bytes are not those that its source gives.')];
  } catch (error) {
    signal.throwIfAborted();
    return [failure(toContrailError(error))];
  }
}

/** Only small tables are sorted completely; the rows of a window may come in another order each time. */
async function hasSameRows(
  { store, make }: FreshDependencies,
  {
    object,
    source,
    signal,
  }: { readonly object: PublishedFile['object']; readonly source: Source; readonly signal: AbortSignal },
): Promise<boolean> {
  let fresh = new WrittenRowSum();
  const rehearsal = new RehearsalStore(store, () => {
    const sum = (fresh = new WrittenRowSum());
    return (bytes) => sum.write(bytes);
  });
  await make(source, rehearsal, signal);
  const stream = await store.read(object.name, signal);
  if (stream === undefined) return true;
  try {
    return (await rowSum(stream)) === (await fresh.end());
  } catch (error) {
    if (error instanceof MalformedArrayError) return false;
    throw error;
  } finally {
    stream.destroy();
  }
}

const COUNTS = [METADATA.rejected, METADATA.dropped, METADATA.duplicates, METADATA.primary];

function countFaults(published: ObjectMetadata, fresh: ObjectMetadata): Fault[] {
  return COUNTS.flatMap((key) => {
    const [before, now] = [published[key], fresh[key]];
    if (before === undefined || now === undefined || before === now) return [];
    return [fault('metadata', `${key} is ${before}, and the source gives ${now}.`)];
  });
}

function failure({ sentence }: ContrailError): Fault {
  return fault('refused', `It cannot be made anew: ${sentence}`);
}
