/** What a configured query selects, before it becomes SQL of a warehouse. */

export type Selection = TableSelection | SqlSelection;

/** Columns of one table, of which the warehouse's adapter makes the SQL. */
export interface TableSelection {
  readonly kind: 'table';
  readonly table: QueriedTable;
  readonly columns: readonly string[];
  readonly sum?: SumOver;
  readonly step?: TimeStep;
  /** `start`: only rows from the start of their experiment. */
  readonly since?: 'start';
  /** Column with the experiment's slug. */
  readonly experimentColumn: string;
  /** `none`: all rows. `one`: those of `@experiment`. `many`: those of `@experiments`. */
  readonly experiments: 'none' | 'one' | 'many';
}

export interface QueriedTable {
  readonly project: string;
  readonly dataset: string;
  readonly table: string;
}

/** Adds `column` up over rows with the same values in `by`. */
export interface SumOver {
  readonly column: string;
  readonly by: readonly string[];
}

/** Cuts the times in `column` to steps: fine ones, or coarse ones once the experiment is older than `afterDays`. */
export interface TimeStep {
  readonly column: string;
  readonly fineMs: number;
  readonly coarseMs: number;
  readonly afterDays: number;
  /** `last`: the last row in a step for each value of `per`, for cumulative numbers. `sum`: all rows; `sum` adds them up. */
  readonly take: 'last' | 'sum';
  readonly per: readonly string[];
}

/** One SELECT, in the SQL of the warehouse, with parameters as `@name`. */
export interface SqlSelection {
  readonly kind: 'sql';
  readonly sql: string;
}

export interface OrderTerm {
  readonly column: string;
  readonly isDescending: boolean;
}

/** NULLs come first in ascending order, last in descending. */
export interface OrderedSelection {
  readonly from: Selection;
  readonly order: readonly OrderTerm[];
}
