/**
 * Where files are published: a bucket, or a folder that behaves like one. Objects are published atomically, even if the
 * process is killed. Names must be relative and without `..`; a store refuses others.
 */
import type { Readable } from 'node:stream';

/** Changes whenever the bytes of an object are replaced. `absent`: there is no object. */
export type Generation = string;
export const ABSENT: Generation = 'absent';

export interface StoredObject {
  readonly name: string;
  readonly generation: Generation;
  readonly bytes: number;
  /** When the bytes last changed, milliseconds since 1970. */
  readonly changedAt: number;
  /** The published `contrail-…` keys; empty for objects of other programs. */
  readonly metadata: ObjectMetadata;
  /** The headers it is served with, if the store keeps any; a folder does not. */
  readonly contentType?: string;
  readonly contentEncoding?: string;
}

export type ObjectMetadata = Readonly<Record<string, string>>;

export interface WriteRequest {
  readonly name: string;
  readonly contentType: string;
  /** The generation that the object must still have when it is replaced. */
  readonly ifGeneration: Generation;
  readonly signal: AbortSignal;
}

/** An object being written. End it with exactly one of `commit` and `discard`; `discard` may follow a failed `commit`. */
export interface ObjectWriter {
  /** Takes bytes. Resolves when more may come and the chunk's memory may be reused. Throws when aborted or full. */
  write(chunk: Uint8Array): Promise<void>;
  /** Publishes the object with this metadata. Throws OBJECT_CHANGED, and changes nothing, if the object no longer has the expected generation. */
  commit(metadata: ObjectMetadata): Promise<StoredObject>;
  /** Removes everything that was written. Never throws; may be called twice. */
  discard(): Promise<void>;
}

export interface ObjectStore {
  /** The store as a URL for messages: `gs://bucket`, `file:/srv/out`. */
  readonly url: string;
  /** The URL of an object for people. */
  locate(name: string): string;
  /** The object of that name, or undefined. */
  head(name: string, signal: AbortSignal): Promise<StoredObject | undefined>;
  /** All objects whose names begin with `prefix`, in no order. An empty store has none. */
  list(prefix: string, signal: AbortSignal): Promise<StoredObject[]>;
  /** The bytes of an object; undefined if there is none. */
  read(name: string, signal: AbortSignal): Promise<Readable | undefined>;
  /** Starts writing an object. Throws TARGET_UNWRITABLE if the store cannot be written. */
  write(request: WriteRequest): Promise<ObjectWriter>;
  /** Replaces the metadata of an object; throws OBJECT_CHANGED if it has another generation. */
  updateMetadata(request: MetadataUpdate): Promise<StoredObject>;
}

/** A store that can join objects without reading them. */
export interface ComposingStore extends ObjectStore {
  /**
   * Joins objects in this order and publishes the result atomically. Throws OBJECT_CHANGED if the target does not have
   * `ifGeneration`, OBJECT_MISSING if a part is missing. Keeps the parts.
   */
  compose(request: ComposeRequest): Promise<StoredObject>;
  /** Removes an object of the work folder. Does nothing if it does not exist. */
  remove(name: string, signal: AbortSignal): Promise<void>;
  /** Removes work objects older than `WORK_KEPT_MS` and returns their number. Absent if the store does it by itself. */
  removeOldWork?(signal: AbortSignal): Promise<number>;
  /** Which of these permissions the credentials have on the store, by their names there. Absent if it knows none. */
  heldPermissions?(permissions: readonly string[], signal: AbortSignal): Promise<readonly string[]>;
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
