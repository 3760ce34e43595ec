/** The states of all files from the freshness index, without planning. */
import type { WallClock } from '../../ports/clock.ts';
import type { FreshnessIndex, UnreadSource } from '../../ports/freshness-index.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import { compareFiles, type FileState } from '../../producer/file-states.ts';
import { fileStateOf } from './file-state-of.ts';
import { openJobs } from './open-jobs.ts';

export interface IndexReading {
  readonly index: Pick<FreshnessIndex, 'read'>;
  readonly queue: Pick<JobQueue, 'openIds' | 'find'>;
  readonly clock: WallClock;
  /** The allowed lag of a file behind its source, milliseconds. */
  readonly lagMs: number;
  /** From the end of one scan to the start of the next, milliseconds. */
  readonly scanIntervalMs: number;
}

export type IndexedStates =
  | {
      readonly kind: 'states';
      readonly files: readonly FileState[];
      /** When they were checked, milliseconds since 1970. */
      readonly at: number;
      readonly unread: readonly UnreadSource[];
    }
  /** No scan has ended since the index is there. */
  | { readonly kind: 'none' }
  /** Nobody scans any more. */
  | { readonly kind: 'old'; readonly at: number };

/** Scans may be slow, or be missed while a scheduler is replaced. */
const USABLE_MS = 15 * 60_000;
const MISSED_SCANS = 3;

export async function indexedStates(reading: IndexReading, signal: AbortSignal): Promise<IndexedStates> {
  const { index, queue, clock, lagMs, scanIntervalMs } = reading;
  const snapshot = await index.read();
  if (snapshot === undefined) return { kind: 'none' };
  const { scannedAt: at, unread, entries } = snapshot;
  const now = clock.now();
  if (now - at > Math.max(USABLE_MS, MISSED_SCANS * scanIntervalMs)) return { kind: 'old', at };
  const jobOf = await openJobs(queue, signal);
  const files = entries.map((entry) => fileStateOf(entry, jobOf(entry.file), { now, lagMs }));
  return { kind: 'states', files: files.sort(compareFiles), at, unread };
}
