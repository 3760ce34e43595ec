/** How a job ends when it does not fail (design, section 5). Whatever a job throws is a failure. */

export interface PublishedFacts {
  readonly object: string;
  readonly location: string;
  readonly source: string;
  readonly sourceVersion: string;
  readonly rows: number;
  /** Rows left out because the console would refuse them by themselves. */
  readonly rejected: number;
  /** Rows left out because the console would refuse them beside the others. */
  readonly dropped: number;
  readonly duplicates: number;
  readonly bytes: number;
  readonly warnings: readonly Warning[];
  /** From the first look to the publication, milliseconds. */
  readonly durationMs: number;
  /** The object's generation that was put in place; absent where the bytes stayed. */
  readonly generation?: string;
  /** Rows that the source promised. */
  readonly sourceRows?: number;
  /** What reading has cost, as far as the warehouse tells. */
  readonly usage?: ReadingUsage;
}

/** Rows that a job put into a table of the warehouse. */
export interface WrittenFacts {
  /** With its dataset: `monitoring.logs`. */
  readonly table: string;
  readonly rows: number;
  /** Rows that could not be read, or that the warehouse refused. */
  readonly rejected: number;
  /** What the rows were made of: a monitoring task, a window of staged records. */
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

/** Something odd about data that were published all the same. */
export interface Warning {
  readonly kind: WarningKind;
  readonly message: string;
}

/**
 * `duplicate`: rows with a key that was there before, `not_checked`: rows of which that is not known, `analysis_basis`: rows without one, `name`: the console will not
 * find the file, or not show what it tells, `non_finite`: NaN or infinite numbers written as null, `branches`: other branches than the experiment's,
 * `reference_branch`: the experiment has none, `experiment`: its record could not be had, `metric_hub`: it could not be reached,
 * `view_without_tables`: there is nothing to read yet, `nul`: U+0000 written as U+FFFD, `cut`: only a part was used.
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
  | 'view_without_tables'
  | 'nul'
  | 'cut';

/** A part of a job's work, for another worker. */
export interface PartRequest {
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
}

export type JobOutcome =
  /** New bytes are in place. */
  | ({ readonly kind: 'published' } & PublishedFacts)
  /** The bytes were in place already; only the source version of the object was brought up to date. */
  | ({ readonly kind: 'unchanged' } & PublishedFacts)
  /** A table of the warehouse has the rows. */
  | ({ readonly kind: 'written' } & WrittenFacts)
  /** Nothing was to be done, and why. */
  | {
      readonly kind: 'skipped';
      readonly reason: string;
      readonly object?: string;
      readonly location?: string;
      /** What is odd about it. */
      readonly warning?: Warning;
    }
  /** Somebody published something newer meanwhile. */
  | { readonly kind: 'superseded'; readonly reason: string; readonly object: string; readonly location: string }
  /** To go on when these parts have ended, with what is needed then. */
  | {
      readonly kind: 'divided';
      readonly queue: string;
      readonly parts: readonly PartRequest[];
      readonly state: unknown;
    }
  /** A part is done; what the whole must know of it. */
  | { readonly kind: 'part'; readonly summary: unknown }
  /** To be looked at again after a while, at no attempt's cost. */
  | { readonly kind: 'snoozed'; readonly reason: string; readonly delayMs: number };
