/** The states of all files from the freshness index, without planning. */
import type { UnreadSource } from '../../ports/freshness-index.ts';
import { type FileState, inFileOrder } from '../../producer/file-states.ts';
import { fileStateOf } from './file-state-of.ts';
import { indexedFiles, type IndexReading, type Unusable } from './indexed-files.ts';

export interface StatesOfIndex {
  readonly kind: 'states';
  readonly files: readonly FileState[];
  /** When they were checked, milliseconds since 1970. */
  readonly at: number;
  readonly unread: readonly UnreadSource[];
}

export type IndexedStates = StatesOfIndex | Unusable;

export async function indexedStates(reading: IndexReading, signal: AbortSignal): Promise<IndexedStates> {
  const found = await indexedFiles(reading, signal);
  if (found.kind !== 'files') return found;
  const { at, now, unread } = found;
  const files = found.files.map(({ entry, job }) => fileStateOf(entry, job, { now, lagMs: reading.lagMs }));
  return { kind: 'states', files: inFileOrder(files), at, unread };
}
