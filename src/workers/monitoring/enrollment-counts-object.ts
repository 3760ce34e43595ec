/** Reads the enrollment counts that another system writes to the bucket. */
import type { EnrollmentCounts } from '../../alerts/enrollment-checks.ts';
import { type ByteLimit, readWithin, tooLarge, TooLargeError } from '../../domain/byte-limit.ts';
import { ContrailError, errorText } from '../../domain/errors.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { ENROLLMENT_COUNTS_OBJECT, readEnrollmentCounts } from './read-enrollment-counts.ts';

export interface DatedCounts {
  readonly counts: ReadonlyMap<string, EnrollmentCounts>;
  /** When the object was written, milliseconds since 1970. */
  readonly at: number;
}

export interface CountsSource {
  readonly store: ObjectStore;
  readonly countsLimit: ByteLimit;
}

/** The counts by slug. Throws TARGET_UNREADABLE if the object is missing, too large, or invalid. */
export async function fetchEnrollmentCounts(
  { store, countsLimit }: CountsSource,
  signal: AbortSignal,
): Promise<DatedCounts> {
  const object = await store.head(ENROLLMENT_COUNTS_OBJECT, signal);
  const stream = object === undefined ? undefined : await store.read(ENROLLMENT_COUNTS_OBJECT, signal);
  if (object === undefined || stream === undefined) throw unreadable(store, 'the object is missing');
  try {
    if (object.bytes > countsLimit.bytes) throw tooLarge(countsLimit);
    const bytes = await readWithin(countsLimit, stream as AsyncIterable<Uint8Array>);
    const content: unknown = JSON.parse(bytes.toString('utf8'));
    return { counts: readEnrollmentCounts(content), at: object.changedAt };
  } catch (error) {
    stream.destroy();
    signal.throwIfAborted();
    if (error instanceof TooLargeError) throw unreadable(store, error.message);
    throw unreadable(store, `the object is invalid: ${errorText(error)}`);
  }
}

function unreadable(store: ObjectStore, reason: string): ContrailError {
  return new ContrailError('TARGET_UNREADABLE', `The enrollment counts cannot be read: ${reason}.`, {
    subject: store.locate(ENROLLMENT_COUNTS_OBJECT),
    hint: 'Another system writes them daily; check whether it is running.',
  });
}
