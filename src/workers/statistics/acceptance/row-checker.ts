/**
 * Checks the rows of one file while they stream by: rows that the console would reject, repeated keys, and the outline for
 * the file rules (spec: statistics, section 4).
 */
import type { AnalysisPeriod } from '../../../domain/analysis-period.ts';
import type { ColumnBatch, ColumnVector } from '../../../domain/column-batch.ts';
import type { Column } from '../../../domain/column-type.ts';
import type { RowOrder } from '../../../ports/statistics-source.ts';
import { type BrokenRule, type ConsoleRules, isReadPeriod } from '../../../domain/console-rules.ts';
import { NULL_ID } from './distinct-values.ts';
import type { DropPlan } from './drop-plan.ts';
import { EMPTY_OUTLINE, type FileOutline } from './outline.ts';
import { OutlineCollector } from './outline-collector.ts';
import { type RepeatedKeys, repeatedKeys } from './repeated-keys.ts';
import { DrawingRules, nameRules, type RowRule, typeRules } from './row-rules.ts';
import { RowValues } from './row-values.ts';

/** How many left-out rows are shown as examples. */
const SHOWN_ROWS = 5;
/** How many reasons are counted separately. */
const MOST_REASONS = 100;
const OTHER_REASONS = 'other reasons';

export interface LeftOutReason {
  readonly rule: BrokenRule;
  /** As a statement about the rows: `metric is null`. */
  readonly reason: string;
  readonly rows: number;
}

export interface LeftOutRow {
  readonly reason: string;
  /** The row as it would be in the file. */
  readonly json: string;
}

export interface CheckResult {
  readonly rows: number;
  /** Rows that the console would reject by themselves (R1, R2, R4). */
  readonly rejected: number;
  /** Rows that the console would reject together with the others (F1 to F7). */
  readonly dropped: number;
  readonly duplicates: number;
  /** Rows that may be duplicates, because their window was too large to check. */
  readonly unchecked: number;
  readonly withoutBasis: number;
  /** Texts that read as NaN or infinite and became null. */
  readonly endlessTexts: number;
  /** Rows per broken rule, most first; a row counts under the first rule it broke. */
  readonly reasons: readonly LeftOutReason[];
  readonly shown: readonly LeftOutRow[];
  /** Branches named by rows of groups. */
  readonly branches: readonly string[];
  /** Windows of the rows in the file, as written. */
  readonly windows: readonly string[];
  /** Bases with rows in segment `all`. */
  readonly bases: readonly string[];
}

export interface RowCheckerOptions {
  readonly columns: readonly Column[];
  readonly order: RowOrder;
  readonly period: AnalysisPeriod;
  readonly rules: ConsoleRules;
  /** Most rows of a window whose keys are checked, if rows are not sorted by key. */
  readonly windowLimit: number;
  /** What a second reading leaves out. */
  readonly plan?: DropPlan | undefined;
  /** Renders a row as in the file, for the report. */
  readonly showRow: (batch: ColumnBatch, row: number) => string;
}

/** A checked batch: its columns as they will be written, and which rows are left out (not 0). */
export interface CheckedBatch {
  readonly batch: ColumnBatch;
  /** Undefined if all rows stay. */
  readonly leftOut: Uint8Array | undefined;
}

export class RowChecker {
  readonly #options: RowCheckerOptions;
  readonly #values: RowValues;
  readonly #rules: readonly RowRule[];
  readonly #repeated: RepeatedKeys;
  readonly #outline: OutlineCollector | undefined;
  readonly #reasons = new Map<string, { rule: BrokenRule; reason: string; rows: number }>();
  readonly #shown: LeftOutRow[] = [];
  readonly #windows = new Set<number>();
  readonly #basesOfAll = new Set<number>();
  readonly #branches = new Set<number>();
  #rows = 0;
  #rejected = 0;
  #dropped = 0;
  #duplicates = 0;
  #withoutBasis = 0;
  #endlessTexts = 0;

  constructor(options: RowCheckerOptions) {
    const { columns, order, period, rules, windowLimit, plan } = options;
    this.#options = options;
    this.#values = new RowValues(columns, rules, period);
    this.#rules = [...typeRules(this.#values), ...(isReadPeriod(period) ? nameRules(this.#values, rules) : [])];
    this.#repeated = repeatedKeys({ columns, order, windowLimit });
    if (isReadPeriod(period)) {
      const drawing = new DrawingRules(this.#values, rules, period);
      this.#outline = new OutlineCollector({ values: this.#values, drawing, period, plan });
    }
  }

  check(given: ColumnBatch): CheckedBatch {
    const leftOut = new Uint8Array(given.rowCount);
    const before = this.#rejected + this.#dropped + this.#duplicates;
    this.#values.bind(given);
    const broken: Broken[] = [];
    this.#refuse(leftOut, broken);
    this.#duplicates += this.#repeated.leaveOut(given, leftOut);
    this.#take(leftOut, broken);
    const batch = this.#withoutEndlessTexts(given, leftOut);
    this.#show(batch, broken);
    this.#rows += given.rowCount;
    const hasLeftOut = this.#rejected + this.#dropped + this.#duplicates > before;
    return { batch, leftOut: hasLeftOut ? leftOut : undefined };
  }

  finish(): CheckResult {
    const texts = (ids: Iterable<number>, column: 'window' | 'branch' | 'basis'): string[] =>
      [...ids].map((id) => this.#values[column].text(id) ?? '').sort();
    return {
      rows: this.#rows,
      rejected: this.#rejected,
      dropped: this.#dropped,
      duplicates: this.#duplicates,
      unchecked: this.#repeated.unchecked,
      withoutBasis: this.#withoutBasis,
      endlessTexts: this.#endlessTexts,
      reasons: [...this.#reasons.values()].sort((a, b) => b.rows - a.rows),
      shown: this.#shown,
      branches: texts(this.#branches, 'branch'),
      windows: texts(this.#windows, 'window'),
      bases: texts(this.#basesOfAll, 'basis'),
    };
  }

  /** The outline for the file rules; empty for periods that the console does not read. */
  outline(): FileOutline {
    return this.#outline?.outline() ?? EMPTY_OUTLINE;
  }

  #refuse(leftOut: Uint8Array, found: Broken[]): void {
    for (const { rule, reason, findBroken } of this.#rules) {
      findBroken((row) => {
        if (leftOut[row] !== 0) return;
        leftOut[row] = 1;
        this.#count({ row, rule, reason }, found);
      });
    }
  }

  /** R4 and the plan; counts what the file will contain. */
  #take(leftOut: Uint8Array, found: Broken[]): void {
    const { basis, branch, segment, segmentFacts, window } = this.#values;
    let [lastWindow, lastBranch, lastBasis] = [NULL_ID, NULL_ID, NULL_ID];
    for (let row = 0; row < leftOut.length; row++) {
      if (leftOut[row] !== 0) continue;
      const basisId = basis.ids[row]!;
      if (basisId === NULL_ID) this.#withoutBasis += 1;
      else {
        const verdict = this.#outline?.add(row);
        if (verdict !== undefined) {
          leftOut[row] = 1;
          this.#count({ row, ...verdict }, found);
          continue;
        }
        if (basisId !== lastBasis && segmentFacts.of(segment.ids[row]!) === 1)
          this.#basesOfAll.add((lastBasis = basisId));
        const branchId = branch.ids[row]!;
        if (branchId !== lastBranch) this.#branches.add((lastBranch = branchId));
      }
      const windowId = window.ids[row]!;
      if (windowId !== lastWindow && windowId !== NULL_ID) this.#windows.add((lastWindow = windowId));
    }
  }

  #count({ row, rule, reason }: Broken, found: Broken[]): void {
    if (rule.startsWith('F')) this.#dropped += 1;
    else this.#rejected += 1;
    const isKnown = this.#reasons.has(`${rule} ${reason}`) || this.#reasons.size < MOST_REASONS;
    const shownReason = isKnown ? reason : OTHER_REASONS;
    const key = `${rule} ${shownReason}`;
    const counted = this.#reasons.get(key) ?? { rule, reason: shownReason, rows: 0 };
    counted.rows += 1;
    this.#reasons.set(key, counted);
    found.push({ row, rule, reason });
  }

  /** The rules ran one after another; show the first rows of the table. */
  #show(batch: ColumnBatch, found: Broken[]): void {
    const room = SHOWN_ROWS - this.#shown.length;
    if (room === 0 || found.length === 0) return;
    const first = found.sort((a, b) => a.row - b.row).slice(0, room);
    this.#shown.push(...first.map(({ row, reason }) => ({ reason, json: this.#options.showRow(batch, row) })));
  }

  #withoutEndlessTexts(batch: ColumnBatch, leftOut: Uint8Array): ColumnBatch {
    const replaced = new Map<number, ColumnVector>();
    for (const numbers of this.#values.numbers) {
      const found = numbers.withoutEndlessTexts(batch.rowCount);
      if (found === undefined) continue;
      replaced.set(numbers.index, found.vector);
      this.#endlessTexts += found.rows.filter((row) => leftOut[row] === 0).length;
    }
    if (replaced.size === 0) return batch;
    return { ...batch, columns: batch.columns.map((vector, index) => replaced.get(index) ?? vector) };
  }
}

interface Broken {
  readonly row: number;
  readonly rule: BrokenRule;
  readonly reason: string;
}
