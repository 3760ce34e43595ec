/** An entry of the freshness index as `contrail status` shows it. */
import { formatAge } from '../../domain/age-text.ts';
import type { FileEntry } from '../../domain/freshness/file-entry.ts';
import { type OpenJob, type StateOfFile, stateOfFile } from '../../domain/freshness/state-of-file.ts';
import { type FileState, queuedFacts, runningFacts } from '../../producer/file-states.ts';
import { lackingText } from '../../producer/lacking-text.ts';
import type { FileJob } from './open-jobs.ts';

export interface StateMoment {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The allowed lag of a file behind its source, milliseconds. */
  readonly lagMs: number;
}

export function fileStateOf(entry: FileEntry, job: FileJob | undefined, { now, lagMs }: StateMoment): FileState {
  const { product, experiment, period } = entry.file;
  const found = stateOfFile(entry, openJobOf(job), now, lagMs);
  const { state, since, needsYou } = found;
  if (job === undefined && isSettled(found))
    return period === undefined ? { experiment, product, state } : { experiment, product, period, state };
  const file = { experiment, product, ...(period === undefined ? {} : { period }) };
  if (state === 'running') return { ...file, state, ...(job === undefined ? {} : runningFacts(job)) };
  if (job !== undefined && found.isQueued && isDue(found)) {
    const behind = needsYou && (state === 'stale' || state === 'never' || state === 'failed') ? { behind: state } : {};
    return { ...file, state: 'queued', ...queuedFacts(job), ...behind };
  }
  return {
    ...file,
    state,
    ...(since === undefined || isSettled(found) ? {} : { since }),
    ...reasonOf(entry, found, now),
    // Other states that need somebody always do.
    ...(needsYou && state === 'gone' ? { needsYou: true as const } : {}),
  };
}

/** Fresh files have no beginning that matters, unless an update is on its way. */
function isSettled({ state, dueBy }: StateOfFile): boolean {
  return state === 'fresh' && dueBy === undefined;
}

/** Whether a job that waits brings the file forward. */
function isDue({ state, dueBy }: StateOfFile): boolean {
  return dueBy !== undefined || state === 'stale' || state === 'never' || state === 'failed';
}

export function openJobOf(job: FileJob | undefined): OpenJob | undefined {
  if (job?.state !== 'active' && job?.state !== 'waiting' && job?.state !== 'delayed') return undefined;
  return { state: job.state };
}

function reasonOf(entry: FileEntry, { state, dueBy }: StateOfFile, now: number): Pick<FileState, 'code' | 'detail'> {
  const { failure, refusal, lacking, published, reason } = entry;
  if (state === 'failed' && failure !== undefined) return { code: failure.code, detail: failure.sentence };
  if (state === 'refused' && refusal !== undefined) return { code: refusal.code, detail: refusal.sentence };
  if ((state === 'gone' || state === 'rebuilding') && lacking !== undefined) {
    const { kind, since, windows } = lacking;
    const text = { kind, since, publishedAt: published?.at, ...(windows === undefined ? {} : { windows }) };
    return { detail: lackingText(text, now) };
  }
  if (dueBy !== undefined)
    return { detail: state === 'fresh' ? 'updating' : `first file within ${formatAge(dueBy - now)}` };
  return state === 'not due' && reason !== undefined ? { detail: reason } : {};
}
