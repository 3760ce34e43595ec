/**
 * Whether every branch that a comparison names has rows of its own in the same window, segment and basis (spec:
 * statistics, section 4). Needs all accepted rows, in any order; rows without a basis are left aside.
 */
import type { ColumnBatch, ColumnVector } from '../../domain/column-batch.ts';
import type { Column } from '../../domain/column-type.ts';
import { isWritten, isWrittenAlike, textAt } from './written-value.ts';

/** What is known of the branches of one window, segment and basis; plain data, so that groups of parts can be joined. */
export interface BranchGroup {
  /** `window_index 2, segment all, analysis_basis enrollments` */
  readonly where: string;
  /** Branches that have rows. */
  readonly seen: readonly string[];
  /** Branches that comparisons name. */
  readonly named: readonly string[];
}

/** `treatment (window_index 2, segment all, analysis_basis enrollments)` for each branch named without rows. */
export function missingBranches(groups: readonly BranchGroup[]): string[] {
  return groups.flatMap(({ where, seen, named }) =>
    named.filter((branch) => !seen.includes(branch)).map((branch) => `${JSON.stringify(branch)} (${where})`),
  );
}

interface Group {
  readonly where: string;
  readonly seen: Set<string>;
  readonly named: Set<string>;
}

const GROUP_COLUMNS = ['window_index', 'segment', 'analysis_basis'] as const;

export class BranchCheck {
  readonly #branch: Lookup;
  readonly #target: Lookup;
  readonly #groupColumns: readonly Lookup[];
  readonly #basis: Lookup;
  readonly #groups = new Map<string, Group>();
  #group: Group | undefined;
  #previous: { readonly batch: ColumnBatch; readonly row: number } | undefined;

  constructor(columns: readonly Column[]) {
    const lookup = (name: string): Lookup =>
      new Lookup(
        name,
        columns.findIndex((column) => column.name === name),
      );
    this.#branch = lookup('branch');
    this.#target = lookup('comparison_to_branch');
    this.#groupColumns = GROUP_COLUMNS.map(lookup);
    this.#basis = lookup('analysis_basis');
  }

  /** Takes one accepted row. */
  add(batch: ColumnBatch, row: number): void {
    if (!this.#basis.isThere(batch, row)) return;
    const group = this.#groupOf(batch, row);
    if (this.#branch.isThere(batch, row)) group.seen.add(this.#branch.text(batch, row));
    if (this.#target.isThere(batch, row)) group.named.add(this.#target.text(batch, row));
  }

  groups(): BranchGroup[] {
    return [...this.#groups.values()].map(({ where, seen, named }) => ({ where, seen: [...seen], named: [...named] }));
  }

  #groupOf(batch: ColumnBatch, row: number): Group {
    const previous = this.#previous;
    this.#previous = { batch, row };
    if (this.#group !== undefined && previous !== undefined) {
      const isSame = this.#groupColumns.every((column) => column.isAlike(batch, row, previous.batch, previous.row));
      if (isSame) return this.#group;
    }
    const where = this.#groupColumns.flatMap((column) => column.describe(batch, row)).join(', ');
    const group = this.#groups.get(where) ?? { where, seen: new Set(), named: new Set() };
    this.#groups.set(where, group);
    this.#group = group;
    return group;
  }
}

/** A column by its place, which may be nowhere; remembers the last text, as sorted rows repeat it. */
class Lookup {
  readonly #name: string;
  readonly #index: number;
  #last: { readonly vector: ColumnVector; readonly row: number; readonly text: string } | undefined;

  constructor(name: string, index: number) {
    this.#name = name;
    this.#index = index;
  }

  isThere(batch: ColumnBatch, row: number): boolean {
    const vector = batch.columns[this.#index];
    return vector !== undefined && isWritten(vector, row);
  }

  isAlike(batch: ColumnBatch, row: number, other: ColumnBatch, otherRow: number): boolean {
    const vector = batch.columns[this.#index];
    const otherVector = other.columns[this.#index];
    if (vector === undefined || otherVector === undefined) return true;
    return isWrittenAlike(vector, row, otherVector, otherRow);
  }

  text(batch: ColumnBatch, row: number): string {
    const vector = batch.columns[this.#index]!;
    const last = this.#last;
    if (last !== undefined && isWrittenAlike(vector, row, last.vector, last.row)) return last.text;
    const text = textOf(vector, row);
    this.#last = { vector, row, text };
    return text;
  }

  describe(batch: ColumnBatch, row: number): string[] {
    const vector = batch.columns[this.#index];
    return vector === undefined ? [] : [`${this.#name} ${isWritten(vector, row) ? textOf(vector, row) : 'null'}`];
  }
}

/** A key's value as text: texts as they are, integers by their words (windows are small and positive). */
function textOf(vector: ColumnVector, row: number): string {
  if (vector.layout === 'binary') return textAt(vector, row);
  if (vector.layout !== 'integer') return '';
  const words = vector.words.subarray(row * vector.wordsPerValue, (row + 1) * vector.wordsPerValue);
  return String(words.reduceRight((value, word) => (value << 32n) | BigInt(word >>> 0), 0n));
}
