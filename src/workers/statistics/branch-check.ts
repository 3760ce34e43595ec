/**
 * Whether every branch that a comparison names has rows of its own in the same window, segment and basis (spec:
 * statistics, section 4). Needs all accepted rows, in any order; rows without a basis are left aside.
 */
import type { ColumnBatch } from '../../domain/column-batch.ts';
import type { Column } from '../../domain/column-type.ts';
import { DistinctValues, MOST_VALUES, NULL_ID } from './distinct-values.ts';

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
  readonly seen: Set<number>;
  readonly named: Set<number>;
}

const GROUP_COLUMNS = ['window_index', 'segment', 'analysis_basis'] as const;

export class BranchCheck {
  readonly #branch: DistinctValues;
  readonly #target: DistinctValues;
  readonly #groupColumns: readonly DistinctValues[];
  readonly #basis: DistinctValues;
  readonly #groups = new Map<number, Group>();

  constructor(columns: readonly Column[]) {
    const values = (name: string): DistinctValues => new DistinctValues(columns, name);
    this.#branch = values('branch');
    this.#target = values('comparison_to_branch');
    this.#groupColumns = GROUP_COLUMNS.map(values);
    this.#basis = values('analysis_basis');
  }

  /** Takes one accepted row. */
  add(batch: ColumnBatch, row: number): void {
    if (!this.#basis.isThere(batch, row)) return;
    const group = this.#groupOf(batch, row);
    const branch = this.#branch.idOf(batch, row);
    if (branch !== NULL_ID) group.seen.add(branch);
    const target = this.#target.idOf(batch, row);
    if (target !== NULL_ID) group.named.add(target);
  }

  groups(): BranchGroup[] {
    return [...this.#groups.values()].map(({ where, seen, named }) => ({
      where,
      seen: [...seen].map((id) => this.#branch.text(id)),
      named: [...named].map((id) => this.#target.text(id)),
    }));
  }

  /** Numbers of values are small, so those of a group make one number. */
  #groupOf(batch: ColumnBatch, row: number): Group {
    let key = 0;
    for (const column of this.#groupColumns) key = key * MOST_VALUES + column.idOf(batch, row) + 1;
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const where = this.#groupColumns.flatMap((column) => column.describe(batch, row)).join(', ');
    const group = { where, seen: new Set<number>(), named: new Set<number>() };
    this.#groups.set(key, group);
    return group;
  }
}
