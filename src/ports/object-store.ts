/**
 * Where files are published: a bucket, or a folder that behaves like one. An object appears whole or not at all, at
 * every instant, also when the process is killed. Names are checked by the caller to be relative and without `..`;
 * a store refuses any other.
 */
import type { Readable } from 'node:stream';

/** What changes whenever the bytes of an object are replaced. `absent` where there is no object. */
export type Generation = string;
export const ABSENT: Generation = 'absent';

export interface StoredObject {
  readonly name: string;
  readonly generation: Generation;
  readonly bytes: number;
  /** Time of the last change of the bytes, milliseconds since 1970. */
  readonly changedAt: number;
  /** The `contrail-…` keys, as they were published; empty for objects made by another program. */
  readonly metadata: ObjectMetadata;
}

export type ObjectMetadata = Readonly<Record<string, string>>;

export interface WriteRequest {
  readonly name: string;
  readonly contentType: string;
  /** The object must still be of this generation when the new bytes are put in place. */
  readonly ifGeneration: Generation;
  readonly signal: AbortSignal;
}

/** An object being written. Exactly one of `commit` and `discard` ends it; `discard` may follow a failed `commit`. */
export interface ObjectWriter {
  /** Takes bytes; resolves when more may come, and the memory of the chunk may be used again. Throws when aborted or full. */
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Puts the object in place with that metadata. Throws OBJECT_CHANGED, leaving everything as it was, when the object
   * is no longer of the generation asked for.
   */
  commit(metadata: ObjectMetadata): Promise<StoredObject>;
  /** Leaves no trace of what was written. Never throws; may be called twice. */
  discard(): Promise<void>;
}

export interface ObjectStore {
  /** The store as a URL for people: `gs://bucket`, `file:/srv/out`. */
  readonly url: string;
  /** Where a person finds an object. */
  locate(name: string): string;
  /** The object of that name, or undefined. */
  head(name: string, signal: AbortSignal): Promise<StoredObject | undefined>;
  /** All objects whose names begin with `prefix`, in no order. An empty store has none. */
  list(prefix: string, signal: AbortSignal): Promise<StoredObject[]>;
  /** The bytes of an object, or undefined where there is none. */
  read(name: string, signal: AbortSignal): Promise<Readable | undefined>;
  /** Begins to write an object. Throws TARGET_UNWRITABLE where the store cannot be written. */
  write(request: WriteRequest): Promise<ObjectWriter>;
  /** Replaces the metadata of an object that is still of that generation, else throws OBJECT_CHANGED. */
  updateMetadata(request: MetadataUpdate): Promise<StoredObject>;
}

/** A store that can join objects without moving their bytes through this process. */
export interface ComposingStore extends ObjectStore {
  /**
   * Joins objects into one, in that order, as one publication: whole or not at all, and only if the target still is of
   * `ifGeneration`, else OBJECT_CHANGED. Throws OBJECT_MISSING when a part is not there. The parts stay.
   */
  compose(request: ComposeRequest): Promise<StoredObject>;
  /** Removes an object of a work folder. One that is not there is removed already. */
  remove(name: string, signal: AbortSignal): Promise<void>;
  /** Removes work objects older than `WORK_KEPT_MS`; resolves to their number. Absent where a store does it by itself. */
  removeOldWork?(signal: AbortSignal): Promise<number>;
}

export interface ComposeRequest extends WriteRequest {
  readonly parts: readonly string[];
  readonly metadata: ObjectMetadata;
}

export interface MetadataUpdate {
  readonly name: string;
  readonly ifGeneration: Generation;
  readonly metadata: ObjectMetadata;
  readonly signal: AbortSignal;
}
