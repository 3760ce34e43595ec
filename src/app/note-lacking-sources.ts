/** Notes at the objects of a plan since when their sources lack tables, which no listing of tables tells. */
import pMap from 'p-map';
import { toContrailError } from '../domain/errors.ts';
import type { WallClock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { SkippedFile } from '../producer/product-plan.ts';
import { noteHeld } from '../workers/statistics/note-held.ts';

/** Many files of an experiment are noted at once, each with two requests. */
const CONCURRENCY = 8;

/** A note that cannot be written is tried again by the next scan; meanwhile the file stays as it is. */
export async function noteLackingSources(
  { store, clock, log }: { readonly store: ObjectStore; readonly clock: WallClock; readonly log: Log },
  files: readonly Pick<SkippedFile, 'note'>[],
  signal: AbortSignal,
): Promise<void> {
  const notes = files.flatMap(({ note }) => note ?? []);
  const note = async ({ object, version }: (typeof notes)[number]) => {
    try {
      await noteHeld({ store, clock }, { name: object, version, signal });
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      return { object, problem: toContrailError(error).sentence };
    }
  };
  const failures = (await pMap(notes, note, { concurrency: CONCURRENCY })).filter((failure) => failure !== undefined);
  if (failures[0] !== undefined)
    log.warn({ ...failures[0], objects: failures.length }, 'missing tables could not be noted');
}
