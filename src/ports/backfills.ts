/**
 * Backfills: what each was asked for, how far it is, and whether its jobs may run. Kept for 30 days after the last change, and for as
 * long as they are paused. A call for a backfill that is not known changes nothing, and gives undefined.
 */
import type { JobReference } from './job-queue.ts';

export interface NewBackfill {
  readonly id: string;
  /** When it was asked for, milliseconds since 1970. */
  readonly at: number;
  /** User and host. */
  readonly by: string;
  /** The options that selected its files, as on the command line; empty: everything that was due. */
  readonly selection: string;
  /** The price that was estimated, if one was. */
  readonly estimatedUsd?: number;
}

/** `cancelled` is final. */
export type BackfillState = 'running' | 'paused' | 'cancelled';

/** How a job ended. `gone`: the queue no longer has it, and nobody noted its end. */
export const BACKFILL_ENDS = ['published', 'unchanged', 'failed', 'cancelled', 'gone'] as const;
export type BackfillEnd = (typeof BACKFILL_ENDS)[number];

export interface Backfill extends NewBackfill {
  readonly state: BackfillState;
  /** Whether all its jobs are enqueued. */
  readonly isEnqueued: boolean;
  /** Jobs that have not ended, running ones included. */
  readonly open: number;
  readonly running: number;
  readonly ended: Readonly<Record<BackfillEnd, number>>;
  /** The cost of its exports so far, US dollars. */
  readonly usd: number;
  /** When the last job joined or ended, or somebody paused, resumed or cancelled it. */
  readonly changedAt: number;
}

export interface JobEnd {
  readonly end: BackfillEnd;
  readonly usd?: number;
}

export interface Backfills {
  /** False if the id is taken. */
  create(backfill: NewBackfill): Promise<boolean>;
  /** Adds jobs, before they are enqueued, so that none of them ends unseen. Adds none to a cancelled backfill. */
  join(id: string, jobs: readonly JobReference[]): Promise<BackfillState | undefined>;
  /** Removes jobs that were not enqueued after all. */
  leave(id: string, jobs: readonly JobReference[]): Promise<BackfillState | undefined>;
  /** All jobs have joined. A backfill without any is forgotten. */
  complete(id: string): Promise<void>;
  /** Notes that jobs have ended; only the first end of a job counts, and the price is that of all of them. */
  end(id: string, jobs: readonly JobReference[], end: JobEnd): Promise<void>;
  find(id: string): Promise<Backfill | undefined>;
  /** The newest hundred, newest first. */
  list(): Promise<readonly Backfill[]>;
  /** Its jobs that have not ended, in batches of some hundreds; maybe also some that end meanwhile. */
  openJobs(id: string): AsyncIterable<readonly JobReference[]>;
  /** From now on workers start none of its jobs unless it is running. The state that it has now. */
  setState(id: string, state: BackfillState): Promise<BackfillState | undefined>;
  /**
   * Holds these jobs back in the queue if the backfill is paused, and lets them go if it is not. Each batch goes by the state of
   * that moment, so that of two people who pause and resume at once the later one wins. Returns how many jobs it moved.
   */
  align(id: string, jobs: readonly JobReference[]): Promise<number>;
  /** Closes the connection. May be called twice. */
  close(): Promise<void>;
}
