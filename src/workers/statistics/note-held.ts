/** Notes at a published object since when its source lacks tables: deleted tables leave no time behind. */
import { ContrailError } from '../../domain/errors.ts';
import { METADATA } from '../../domain/object-metadata.ts';
import { formatHeldNote, heldNote, parseHeldNote } from '../../domain/rerun/rebuilding.ts';
import type { SourceVersion } from '../../domain/source-version.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

export interface Noting {
  /** Name of the object. */
  readonly name: string;
  /** The version of the source, GONE if there is none; undefined: it lacks nothing any more. */
  readonly version: SourceVersion | undefined;
  readonly signal: AbortSignal;
}

/** Writes the note if the object has another one. An object that is replaced meanwhile needs none. */
export async function noteHeld(
  { store, clock }: { readonly store: ObjectStore; readonly clock: WallClock },
  { name, version, signal }: Noting,
): Promise<void> {
  const object = await store.head(name, signal);
  if (object === undefined) return;
  const { [METADATA.held]: before = '', ...others } = object.metadata;
  const known = parseHeldNote(before);
  const note = version === undefined ? undefined : heldNote(known, version, clock.now());
  const text = note === undefined ? '' : formatHeldNote(note);
  if (text === before) return;
  const metadata = text === '' ? others : { ...others, [METADATA.held]: text };
  try {
    await store.updateMetadata({ name, ifGeneration: object.generation, metadata, signal });
  } catch (error) {
    if (!(error instanceof ContrailError) || error.code !== 'OBJECT_CHANGED') throw error;
  }
}
