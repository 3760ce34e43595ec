/** One configured export of a query to JSON objects, after `foreach` was expanded (docs/queries.md). */
import type { QueryParameters } from './query-parameter.ts';
import type { OrderedSelection } from './selection.ts';

export interface QueryExport {
  /** Unique; label of the query and part of the job's id. */
  readonly name: string;
  readonly isEnabled: boolean;
  readonly scope: QueryScope;
  readonly experiments: ExperimentChoice;
  /** Ordered by the column of `split` first, then by the key of `keyed`, then as configured. */
  readonly query: OrderedSelection;
  readonly parameters: QueryParameters;
  /** Templates with `{slug}`, `{normalised}` and `{date}` (object-template.ts). */
  readonly object: string;
  /** A second object with the same bytes, written after the first. */
  readonly latest?: string;
  readonly cadence: Cadence;
  /** What `{date}` and `@date` are: the day before the tick, or the tick's own. */
  readonly date: 'before' | 'tick';
  readonly format: QueryFormat;
  /** `omit`: NULL fields are left out of the rows. */
  readonly nulls: 'keep' | 'omit';
  /** INT64 as JSON text or number; numbers outside ±(2^53 − 1) then fail. */
  readonly ints: 'string' | 'number';
  readonly limits: QueryLimits;
  /** What to do if the query has no rows but the published object has: keep that, or publish the empty one. */
  readonly emptyIs: 'keep' | 'publish';
  /** 40 hex digits of all that decides the content, for `contrail-config`. */
  readonly hash: string;
}

export type QueryScope =
  /** One object for all rows. */
  | { readonly kind: 'global' }
  /** One query for all experiments, cut into an object for each. `by` is not part of the rows. */
  | { readonly kind: 'split'; readonly by: string }
  /** One query and one object for each experiment. */
  | { readonly kind: 'experiment' };

/** Which experiments a query is for. Private ones never. */
export interface ExperimentChoice {
  readonly isRunning: boolean;
  /** Also those that ended at most so many days ago. */
  readonly endedDays: number;
  readonly hasRollouts: boolean;
}

export type Cadence =
  | { readonly kind: 'every'; readonly everyMs: number }
  /** Five fields, in UTC. */
  | { readonly kind: 'cron'; readonly pattern: string };

export type QueryFormat =
  | { readonly kind: 'array' }
  | { readonly kind: 'ndjson' }
  | {
      readonly kind: 'keyed';
      readonly key: string;
      /** This column's value instead of a list of rows; keys must then be unique. */
      readonly value?: string;
      /** Name of an outer object. */
      readonly wrap?: string;
    };

export interface QueryLimits {
  readonly maximumBytesBilled: number;
  readonly timeoutMs: number;
  readonly maxRows: number;
}
