/** The state of a file by its entry, its job and the time (spec: pages, section 2). */
import type { FileEntry, LackingTables, SeenSource } from './file-entry.ts';
import { isCovered } from './file-note.ts';

/** A job of the file that has not ended. */
export interface OpenJob {
  readonly state: 'active' | 'waiting' | 'delayed';
  /** 0 to 100, if known. */
  readonly progress?: number;
}

export type StateName =
  'running' | 'failed' | 'refused' | 'gone' | 'rebuilding' | 'stale' | 'never' | 'fresh' | 'not due' | 'missing';

export interface StateOfFile {
  readonly state: StateName;
  /** When it began, if known. */
  readonly since?: number | undefined;
  /** Of stale and never: how much longer ago than allowed the source changed. */
  readonly lateMs?: number | undefined;
  /** Of a file that is within the allowed lag: until when it should be published. */
  readonly dueBy?: number | undefined;
  /** Whether somebody should look. */
  readonly needsYou: boolean;
  /** Marks, in whatever state: a job waits, and rows were left out. */
  readonly isQueued: boolean;
  readonly leftOut: number;
}

/** Deleted tables that are away longer than a rerun normally takes need a look. */
const LONGEST_RERUN_MS = 12 * 3_600_000;

/** `lagMs`: how far a file may be behind its source. A source that changed in the future, by a wrong clock, is not late. */
export function stateOfFile(entry: FileEntry, job: OpenJob | undefined, now: number, lagMs: number): StateOfFile {
  const { state, since, lateMs, dueBy, needsYou } =
    troubleOf(entry, job, now) ?? freshnessOf(entry, now - lagMs, lagMs);
  // Field by field: copying objects costs more than everything else here, for each of thirty thousand files.
  return {
    state,
    since,
    lateMs,
    dueBy,
    needsYou: needsYou === true,
    isQueued: job !== undefined && job.state !== 'active',
    leftOut: entry.published?.leftOut ?? 0,
  };
}

type Verdict = Pick<StateOfFile, 'state'> & Partial<StateOfFile>;

/** What comes before the comparison of versions. */
function troubleOf(entry: FileEntry, job: OpenJob | undefined, now: number): Verdict | undefined {
  const { failure, source, refusal, lacking, published } = entry;
  if (job?.state === 'active') return { state: 'running' };
  if (failure !== undefined && failure.version === source?.version)
    return { state: 'failed', since: failure.at, needsYou: true };
  if (refusal !== undefined) return { state: 'refused', needsYou: true };
  if (lacking?.kind === 'gone') return { state: 'gone', since: lacking.since, needsYou: isLong(lacking, now) };
  if (lacking?.kind === 'rebuilding' && published !== undefined) return { state: 'rebuilding', since: lacking.since };
  return undefined;
}

function isLong({ since, isForGood }: LackingTables, now: number): boolean {
  return isForGood !== true && (since === undefined || now - since >= LONGEST_RERUN_MS);
}

function freshnessOf(entry: FileEntry, changedBefore: number, lagMs: number): Verdict {
  const { source, newer = source, published, expectedSince } = entry;
  if (source === undefined || newer === undefined) {
    if (published !== undefined) return { state: 'fresh' };
    if (expectedSince === undefined) return { state: 'not due' };
    return { state: 'missing', since: expectedSince, needsYou: true };
  }
  if (published !== undefined && isCovered(source.version, published)) return { state: 'fresh', since: timeOf(source) };
  const since = timeOf(newer);
  const lateMs = changedBefore - since;
  if (lateMs > 0) return { state: published === undefined ? 'never' : 'stale', since, lateMs, needsYou: true };
  return { state: published === undefined ? 'not due' : 'fresh', since, dueBy: since + lagMs };
}

/** How much longer ago than allowed the source changed, for a file that is behind it; negative while it is within the lag. */
export function lateness({ newer }: FileEntry, now: number, lagMs: number): number | undefined {
  return newer === undefined ? undefined : now - lagMs - timeOf(newer);
}

function timeOf({ changedAt, seenAt }: SeenSource): number {
  return changedAt ?? seenAt;
}
