/** All files of the freshness index with their jobs, if scans keep it. */
import type { FileEntry } from '../../domain/freshness/file-entry.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { FreshnessIndex, UnreadSource } from '../../ports/freshness-index.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import { type FileJob, openJobs } from './open-jobs.ts';

export interface IndexReading {
  readonly index: Pick<FreshnessIndex, 'read'>;
  readonly queue: Pick<JobQueue, 'openIds' | 'find'>;
  readonly clock: WallClock;
  /** The allowed lag of a file behind its source, milliseconds. */
  readonly lagMs: number;
  /** From the end of one scan to the start of the next, milliseconds. */
  readonly scanIntervalMs: number;
}

export interface IndexedFiles {
  readonly kind: 'files';
  readonly files: readonly { readonly entry: FileEntry; readonly job: FileJob | undefined }[];
  /** When they were checked, milliseconds since 1970. */
  readonly at: number;
  /** The time of this reading. */
  readonly now: number;
  readonly unread: readonly UnreadSource[];
}

export type Unusable =
  /** No scan has ended since the index is there. */
  | { readonly kind: 'none' }
  /** Nobody scans any more. */
  | { readonly kind: 'old'; readonly at: number };

/** Scans may be slow, or be missed while a scheduler is replaced. */
const USABLE_MS = 15 * 60_000;
const MISSED_SCANS = 3;

export async function indexedFiles(
  { index, queue, clock, scanIntervalMs }: IndexReading,
  signal: AbortSignal,
): Promise<IndexedFiles | Unusable> {
  const snapshot = await index.read();
  if (snapshot === undefined) return { kind: 'none' };
  const { scannedAt: at, unread, entries } = snapshot;
  const now = clock.now();
  if (isOutdated(at, now, scanIntervalMs)) return { kind: 'old', at };
  const jobOf = await openJobs(queue, signal);
  const files = entries.map((entry) => ({ entry, job: jobOf(entry.file) }));
  return { kind: 'files', files, at, now, unread };
}

/** Whether scans have been missed since then: nobody makes them any more. */
export function isOutdated(scannedAt: number, now: number, scanIntervalMs: number): boolean {
  return now - scannedAt > Math.max(USABLE_MS, MISSED_SCANS * scanIntervalMs);
}
