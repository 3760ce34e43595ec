/** How a job ends when it does not fail. Anything it throws is a failure. */

export interface PublishedFacts {
  readonly object: string;
  readonly location: string;
  readonly source: string;
  readonly sourceVersion: string;
  readonly rows: number;
  /** Rows left out because the console would reject each of them. */
  readonly rejected: number;
  /** Rows left out because the console would reject them together with the others. */
  readonly dropped: number;
  readonly duplicates: number;
  readonly bytes: number;
  readonly warnings: readonly Warning[];
  /** From the first look to the publication, milliseconds. */
  readonly durationMs: number;
  /** How much of it went into reading and encoding, and how much into putting the object in place; absent where an earlier try did both. */
  readonly readMs?: number;
  readonly publishMs?: number;
  /** The object's new generation; absent if the bytes did not change. */
  readonly generation?: string;
  /** Rows that the source announced. */
  readonly sourceRows?: number;
  /** The cost of reading, if the warehouse reports it. */
  readonly usage?: ReadingUsage;
}

/** Rows written to a table of the warehouse. */
export interface WrittenFacts {
  /** With dataset: `monitoring.logs`. */
  readonly table: string;
  readonly rows: number;
  /** Rows that could not be read, or that the warehouse refused. */
  readonly rejected: number;
  /** Where the rows came from: a monitoring task, or a window of staged records. */
  readonly source: string;
  readonly sourceVersion?: string;
}

export interface ReadingUsage {
  readonly requests: number;
  readonly bytesRead: number;
  readonly bytesBilled: number;
  readonly slotMs: number;
  readonly queryMs: number;
}

/** A problem in data that were published anyway. */
export interface Warning {
  readonly kind: WarningKind;
  readonly message: string;
}

/**
 * `duplicate`: rows with a repeated key. `not_checked`: rows not checked for repeated keys. `analysis_basis`: rows without
 * one. `name`: the console will not find the file, or not show its content. `non_finite`: NaN or infinite numbers written
 * as null. `branches`: other branches than the experiment's. `reference_branch`: the experiment has none. `experiment`: its
 * record could not be read. `metric_hub`: it could not be reached. `windows`: the file before had windows
 * that this one lacks. `nul`: U+0000 written as U+FFFD. `cut`: only a part was used. `empty`: the file of a query stayed as it
 * was, because there are no rows for it.
 */
export type WarningKind =
  | 'duplicate'
  | 'not_checked'
  | 'analysis_basis'
  | 'name'
  | 'non_finite'
  | 'branches'
  | 'reference_branch'
  | 'experiment'
  | 'metric_hub'
  | 'windows'
  | 'nul'
  | 'cut'
  | 'empty';

/** A part of a job's work, for another worker. */
export interface PartRequest {
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
}

export type JobOutcome =
  /** New bytes were published. */
  | ({ readonly kind: 'published' } & PublishedFacts)
  /** The same bytes were published before; the object now carries the new source version. */
  | ({ readonly kind: 'unchanged' } & PublishedFacts)
  /** The rows are in the warehouse. */
  | ({ readonly kind: 'written' } & WrittenFacts)
  /** There was nothing to do. */
  | {
      readonly kind: 'skipped';
      readonly reason: string;
      readonly object?: string;
      readonly location?: string;
      /** The source lacks tables, as during a rerun: all of them, or those of some windows of the published file. */
      readonly source?: 'gone' | 'rebuilding';
    }
  /** Something newer was published meanwhile. */
  | { readonly kind: 'superseded'; readonly reason: string; readonly object: string; readonly location: string }
  /** The job continues when these parts have ended, with `state`. */
  | {
      readonly kind: 'divided';
      readonly queue: string;
      readonly parts: readonly PartRequest[];
      readonly state: unknown;
    }
  /** A part is done; its result is for the whole job. */
  | { readonly kind: 'part'; readonly summary: unknown }
  /** Run the job again later, without using up a retry. */
  | { readonly kind: 'snoozed'; readonly reason: string; readonly delayMs: number };
