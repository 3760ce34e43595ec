/**
 * Checks the rows of one file while they stream by: which ones the console would refuse, which repeat a key, and
 * whether the whole fits together (spec: statistics, section 4).
 */
import type { ColumnBatch } from '../../domain/column-batch.ts';
import type { Column } from '../../domain/column-type.ts';
import type { RowOrder } from '../../ports/statistics-source.ts';
import { BranchCheck, type BranchGroup, missingBranches } from './branch-check.ts';
import { type RepeatedKeys, repeatedKeys } from './repeated-keys.ts';
import { type RowRule, rowRules } from './row-rules.ts';

/** How many refused rows are shown whole. */
const SHOWN_ROWS = 5;

export interface RefusedRow {
  readonly reason: string;
  /** The row as the file would have shown it. */
  readonly json: string;
}

export interface CheckResult {
  readonly rows: number;
  readonly rejected: number;
  readonly duplicates: number;
  /** Rows that may be duplicates, because their window was too large to keep its keys. */
  readonly unchecked: number;
  readonly withoutBasis: number;
  /** How many rows broke each rule, most first; a row counts under the first rule it broke. */
  readonly reasons: readonly { readonly reason: string; readonly rows: number }[];
  readonly shown: readonly RefusedRow[];
  /** Branches that comparisons name though they have no rows. */
  readonly missingBranches: readonly string[];
}

export interface RowCheckerOptions {
  readonly columns: readonly Column[];
  readonly order: RowOrder;
  /** Rows of one window up to which keys are checked, where rows are not sorted by key. */
  readonly windowLimit: number;
  /** A row as the file would show it, for the report. */
  readonly showRow: (batch: ColumnBatch, row: number) => string;
}

export class RowChecker {
  readonly #rules: readonly RowRule[];
  readonly #ruleCounts: number[];
  readonly #repeated: RepeatedKeys;
  readonly #branches: BranchCheck;
  readonly #showRow: (batch: ColumnBatch, row: number) => string;
  readonly #shown: RefusedRow[] = [];
  #rows = 0;
  #rejected = 0;
  #duplicates = 0;
  #withoutBasis = 0;

  constructor({ columns, order, windowLimit, showRow }: RowCheckerOptions) {
    this.#rules = rowRules(columns);
    this.#ruleCounts = this.#rules.map(() => 0);
    this.#repeated = repeatedKeys({ columns, order, windowLimit });
    this.#branches = new BranchCheck(columns);
    this.#showRow = showRow;
  }

  /** Which rows of the batch must be left out: a byte a row, not 0 = left out; undefined where all stay. */
  check(batch: ColumnBatch): Uint8Array | undefined {
    const leftOut = new Uint8Array(batch.rowCount);
    const before = this.#rejected + this.#duplicates;
    this.#refuse(batch, leftOut);
    this.#duplicates += this.#repeated.leaveOut(batch, leftOut);
    this.#withoutBasis += this.#branches.add(batch, leftOut);
    this.#rows += batch.rowCount;
    return this.#rejected + this.#duplicates === before ? undefined : leftOut;
  }

  finish(): CheckResult {
    const reasons = this.#rules
      .map((rule, index) => ({ reason: rule.reason, rows: this.#ruleCounts[index] ?? 0 }))
      .filter((entry) => entry.rows > 0)
      .sort((a, b) => b.rows - a.rows);
    return {
      rows: this.#rows,
      rejected: this.#rejected,
      duplicates: this.#duplicates,
      unchecked: this.#repeated.unchecked,
      withoutBasis: this.#withoutBasis,
      reasons,
      shown: this.#shown,
      missingBranches: missingBranches(this.#branches.groups()),
    };
  }

  /** What to join where the file is made of parts. */
  branchGroups(): BranchGroup[] {
    return this.#branches.groups();
  }

  #refuse(batch: ColumnBatch, leftOut: Uint8Array): void {
    const room = SHOWN_ROWS - this.#shown.length;
    const first: { readonly row: number; readonly reason: string }[] = [];
    for (const [index, { reason, broken }] of this.#rules.entries()) {
      let marked = 0;
      broken(batch, (row) => {
        if (leftOut[row] !== 0) return;
        leftOut[row] = 1;
        marked += 1;
        if (marked <= room) first.push({ row, reason });
      });
      this.#rejected += marked;
      this.#ruleCounts[index]! += marked;
    }
    // The rules were asked one after another; what is shown are the first rows of the table.
    const shown = first.sort((a, b) => a.row - b.row).slice(0, room);
    this.#shown.push(...shown.map(({ row, reason }) => ({ reason, json: this.#showRow(batch, row) })));
  }
}
