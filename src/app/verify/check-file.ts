/** All checks of one published file. */
import type { ConsoleRules } from '../../domain/console-rules.ts';
import type { WallClock } from '../../ports/clock.ts';
import { StatisticsPayload } from '../../jobs/statistics-job.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { checkErrorsFile, checkMetadataFile } from './check-small-files.ts';
import { checkStatistics } from './check-statistics.ts';
import { compareWithSource } from './compare-source.ts';
import type { Fault } from './faults.ts';
import { compareWithFresh, type MakeFile } from './fresh-file.ts';
import type { PublishedFile } from './inventory.ts';
import { readObject } from './read-object.ts';
import { OtherKindError } from './row-columns.ts';

export interface FileCheckDependencies {
  readonly store: ObjectStore;
  readonly clock: WallClock;
  readonly rules: ConsoleRules;
  /** Most rows of a window whose keys are compared. */
  readonly duplicateLimit: number;
  /** How long a file may lag behind its source. */
  readonly lagMs: number;
  /** Makes files anew to compare their bytes; absent: not done. */
  readonly make?: MakeFile;
}

/**
 * `ok`: nothing is wrong. `behind`: neither, but the source has changed and the file will be published anew. `faulty`: the
 * faults tell.
 */
export type VerifiedState = 'ok' | 'behind' | 'faulty';

export interface VerifiedFile {
  readonly published: PublishedFile;
  readonly state: VerifiedState;
  readonly faults: readonly Fault[];
}

/** Undefined if the object was removed meanwhile. */
export async function checkFile(
  deps: FileCheckDependencies,
  published: PublishedFile,
  signal: AbortSignal,
): Promise<VerifiedFile | undefined> {
  const compared = compareWithSource(published, { now: deps.clock.now(), lagMs: deps.lagMs });
  // What another program wrote under a name of its own is not judged.
  const content = published.file === undefined ? { faults: [] } : await contentFaults(deps, published, signal);
  if (content === undefined) return undefined;
  const faults = [...compared.faults, ...content.faults];
  const state = faults.length > 0 ? 'faulty' : compared.isBehind ? 'behind' : 'ok';
  return { published, state, faults };
}

interface CheckedContent {
  readonly faults: readonly Fault[];
}

async function contentFaults(
  deps: FileCheckDependencies,
  published: PublishedFile,
  signal: AbortSignal,
): Promise<CheckedContent | undefined> {
  const { store, make } = deps;
  const others = new Set<string>();
  for (;;) {
    try {
      const read = await readObject({ store, object: published.object, signal }, (bytes) =>
        checkContent(deps, published, { bytes, others, signal }),
      );
      if (read === undefined || read.sha256 === undefined || make === undefined) return read;
      const fresh = await compareWithFresh({ store, make }, published, { sha256: read.sha256, signal });
      return { faults: [...read.faults, ...fresh] };
    } catch (error) {
      if (!(error instanceof OtherKindError) || others.has(error.column)) throw error;
      others.add(error.column);
    }
  }
}

interface ContentRequest {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly others: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

function checkContent(
  { store, rules, duplicateLimit }: FileCheckDependencies,
  { object, file, source }: PublishedFile,
  { bytes, others, signal }: ContentRequest,
): Promise<Fault[]> {
  if (file?.product === 'metadata') return checkMetadataFile(bytes);
  if (file?.product !== 'statistics' || file.period === undefined) return checkErrorsFile(bytes);
  const { experiment, period } = file;
  const record = source === undefined ? undefined : StatisticsPayload.parse(source.payload).record;
  const check = { store, rules, duplicateLimit, experiment, period, record, metadata: object.metadata, signal };
  return checkStatistics(check, bytes, others);
}
