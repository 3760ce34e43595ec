/**
 * What is known of every file, shared by all processes, so that states can be shown without planning. It can be lost at any
 * time, and is then filled again by the next pass over everything; until that has ended nothing is read from it.
 */
import type { FileEntry } from '../domain/freshness/file-entry.ts';
import type { FileNote } from '../domain/freshness/file-note.ts';

/** A pass over all files. Later ones have greater numbers, whatever the clocks say. */
export interface IndexPass {
  readonly number: number;
  /** The index that the pass began with; another one has lost what the pass noted. */
  readonly index: string;
}

/** Why a pass knows less than it could. */
export interface UnreadSource {
  readonly code: string;
  readonly sentence: string;
}

export interface PassEnd {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly unread: readonly UnreadSource[];
}

export interface FreshnessSnapshot {
  /** Another one after each change. */
  readonly revision: string;
  /** When the last pass ended, milliseconds since 1970. */
  readonly scannedAt: number;
  readonly unread: readonly UnreadSource[];
  readonly entries: readonly FileEntry[];
}

export interface FreshnessIndex {
  /** The whole index as of one moment; undefined while it is being built, since it is new, lost or damaged. */
  read(): Promise<FreshnessSnapshot | undefined>;
  /** Begins a pass, and the index if there is none. */
  begin(): Promise<IndexPass>;
  /**
   * Notes what became of files, each at once and in order. False if the index was lost since the pass began, or a later pass has
   * ended; then the pass is of no use.
   */
  note(notes: readonly FileNote[], pass?: IndexPass): Promise<boolean>;
  /** Ends a pass. False if the index was lost since it began, or another pass has ended that began later. */
  finish(pass: IndexPass, end: PassEnd): Promise<boolean>;
}
