/** A file as the health page shows it, from its entry in the freshness index and its job. */
import type { FileEntry, IndexedFile, LackingTables } from '../../../domain/freshness/file-entry.ts';
import { stateOfFile, type StateName } from '../../../domain/freshness/state-of-file.ts';

/** A job of the file that has not ended. */
export interface HealthJob {
  readonly queue: string;
  readonly state: 'active' | 'waiting' | 'delayed';
  /** 0 to 100, if known. */
  readonly progress?: number;
  /** Failed attempts so far. */
  readonly failures?: number;
  /** 1: the next one that a worker takes. */
  readonly place?: number;
}

/** Why a file has failed, or cannot be made. */
export interface FileProblem {
  readonly code: string;
  readonly sentence: string;
  /** 0 if no job can be made. */
  readonly attempts: number;
  readonly at?: number;
}

/** Times in milliseconds since 1970. */
export interface HealthFile {
  readonly file: IndexedFile;
  readonly application?: string | undefined;
  readonly state: StateName;
  readonly needsYou: boolean;
  readonly since?: number | undefined;
  readonly lateMs?: number | undefined;
  readonly dueBy?: number | undefined;
  /** Rows that the published file lacks. */
  readonly leftOut: number;
  readonly job?: HealthJob | undefined;
  readonly problem?: FileProblem | undefined;
  readonly lacking?: LackingTables | undefined;
  /** Why there is nothing to publish. */
  readonly reason?: string | undefined;
  readonly publishedAt?: number | undefined;
}

export interface HealthMoment {
  readonly now: number;
  /** The allowed lag of a file behind its source, milliseconds. */
  readonly lagMs: number;
}

export function healthFile(entry: FileEntry, job: HealthJob | undefined, { now, lagMs }: HealthMoment): HealthFile {
  const { state, needsYou, since, lateMs, dueBy, leftOut } = stateOfFile(entry, job, now, lagMs);
  return {
    file: entry.file,
    application: entry.application,
    state,
    needsYou,
    since,
    lateMs,
    dueBy,
    leftOut,
    job,
    problem: problemOf(entry, state),
    lacking: state === 'gone' || state === 'rebuilding' ? entry.lacking : undefined,
    reason: state === 'not due' ? entry.reason : undefined,
    publishedAt: entry.published?.at,
  };
}

function problemOf({ failure, refusal }: FileEntry, state: StateName): FileProblem | undefined {
  if (state === 'failed') return failure;
  return state === 'refused' && refusal !== undefined ? { ...refusal, attempts: 0 } : undefined;
}

/** The order of attention: what needs a person comes first. */
export const STATES_BY_ATTENTION: readonly StateName[] = [
  'failed',
  'refused',
  'stale',
  'never',
  'missing',
  'running',
  'gone',
  'rebuilding',
  'not due',
  'fresh',
];

/** Smaller: sooner. Deleted tables that stay away come right after missing ones. */
export function attentionRank({ state, needsYou }: Pick<HealthFile, 'state' | 'needsYou'>): number {
  return state === 'gone' && needsYou
    ? STATES_BY_ATTENTION.indexOf('missing') + 0.5
    : STATES_BY_ATTENTION.indexOf(state);
}

/** By attention, then the latest first. */
export function compareAttention(a: HealthFile, b: HealthFile): number {
  return attentionRank(a) - attentionRank(b) || (b.lateMs ?? 0) - (a.lateMs ?? 0);
}

/** Most experiments have periods without results that nobody expects; `contrail status` does not count them either. */
export function isDue({ state, dueBy }: Pick<HealthFile, 'state' | 'dueBy'>): boolean {
  return state !== 'not due' || dueBy !== undefined;
}
