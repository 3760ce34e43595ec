/**
 * Checks the rows of one file while they stream by: which ones the console would refuse, which repeat a key, and
 * whether the whole fits together (spec: statistics, section 4). Needs rows in the order of `domain/row-order.ts`,
 * which puts rows of one key side by side, so it holds no more than the last row.
 */
import type { ColumnBatch } from '../../domain/column-batch.ts';
import type { Column } from '../../domain/column-type.ts';
import { KEY_COLUMNS } from '../../domain/row-order.ts';
import { BranchCheck } from './branch-check.ts';
import { type RowRule, rowRules } from './row-rules.ts';
import { isWritten, isWrittenAlike } from './written-value.ts';

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
  readonly withoutBasis: number;
  /** How many rows broke each rule, most first; a row counts under the first rule it broke. */
  readonly reasons: readonly { readonly reason: string; readonly rows: number }[];
  readonly shown: readonly RefusedRow[];
  /** Branches that comparisons name though they have no rows. */
  readonly missingBranches: readonly string[];
}

export class RowChecker {
  readonly #rules: readonly RowRule[];
  readonly #ruleCounts: number[];
  readonly #keyColumns: readonly number[];
  readonly #basisColumn: number;
  readonly #branches: BranchCheck;
  readonly #showRow: (batch: ColumnBatch, row: number) => string;
  readonly #shown: RefusedRow[] = [];
  #previous: { readonly batch: ColumnBatch; readonly row: number } | undefined;
  #rows = 0;
  #rejected = 0;
  #duplicates = 0;
  #withoutBasis = 0;

  /** `showRow` gives a row as the file would show it, for the report. */
  constructor(columns: readonly Column[], showRow: (batch: ColumnBatch, row: number) => string) {
    this.#rules = rowRules(columns);
    this.#ruleCounts = this.#rules.map(() => 0);
    // Keys differ most often in their last columns, so those are compared first.
    this.#keyColumns = KEY_COLUMNS.map((name) => columns.findIndex((column) => column.name === name))
      .filter((index) => index >= 0)
      .reverse();
    this.#basisColumn = columns.findIndex((column) => column.name === 'analysis_basis');
    this.#branches = new BranchCheck(columns);
    this.#showRow = showRow;
  }

  /** Which rows of the batch must be left out: a byte a row, not 0 = left out; undefined where all stay. */
  check(batch: ColumnBatch): Uint8Array | undefined {
    const leftOut = new Uint8Array(batch.rowCount);
    const before = this.#rejected + this.#duplicates;
    this.#refuse(batch, leftOut);
    for (let row = 0; row < batch.rowCount; row++) if (leftOut[row] === 0) this.#take(batch, row, leftOut);
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
      withoutBasis: this.#withoutBasis,
      reasons,
      shown: this.#shown,
      missingBranches: this.#branches.missing(),
    };
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

  #take(batch: ColumnBatch, row: number, leftOut: Uint8Array): void {
    if (this.#repeatsPrevious(batch, row)) {
      leftOut[row] = 1;
      this.#duplicates += 1;
      return;
    }
    this.#previous = { batch, row };
    const basis = batch.columns[this.#basisColumn];
    if (basis !== undefined && !isWritten(basis, row)) this.#withoutBasis += 1;
    this.#branches.add(batch, row);
  }

  #repeatsPrevious(batch: ColumnBatch, row: number): boolean {
    const previous = this.#previous;
    if (previous === undefined) return false;
    for (const column of this.#keyColumns) {
      const vector = batch.columns[column]!;
      if (!isWrittenAlike(vector, row, previous.batch.columns[column]!, previous.row)) return false;
    }
    return true;
  }
}
