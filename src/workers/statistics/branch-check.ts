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

export class BranchCheck {
  readonly #branch: DistinctValues;
  readonly #target: DistinctValues;
  readonly #window: DistinctValues;
  readonly #segment: DistinctValues;
  readonly #basis: DistinctValues;
  readonly #groups = new Map<number, Group>();

  constructor(columns: readonly Column[]) {
    const values = (name: string): DistinctValues => new DistinctValues(columns, name);
    this.#branch = values('branch');
    this.#target = values('comparison_to_branch');
    this.#window = values('window_index');
    this.#segment = values('segment');
    this.#basis = values('analysis_basis');
  }

  /** Takes the rows of a batch that are not left out; returns how many of them have no basis. */
  add(batch: ColumnBatch, leftOut: Uint8Array): number {
    const windows = this.#window.idsOf(batch);
    const segments = this.#segment.idsOf(batch);
    const bases = this.#basis.idsOf(batch);
    const branches = this.#branch.idsOf(batch);
    const targets = this.#target.idsOf(batch);
    let withoutBasis = 0;
    let last = 0;
    let group: Group | undefined;
    const isAsLast = (row: number): boolean =>
      windows[row] === windows[last] && segments[row] === segments[last] && bases[row] === bases[last];
    for (let row = 0; row < batch.rowCount; row++) {
      if (leftOut[row] !== 0) continue;
      if (bases[row] === NULL_ID) {
        withoutBasis += 1;
        continue;
      }
      if (group === undefined || !isAsLast(row)) {
        group = this.#groupOf(windows[row]!, segments[row]!, bases[row]!);
        last = row;
      }
      const branch = branches[row]!;
      if (branch !== NULL_ID) group.seen.add(branch);
      const target = targets[row]!;
      if (target !== NULL_ID) group.named.add(target);
    }
    return withoutBasis;
  }

  groups(): BranchGroup[] {
    return [...this.#groups.values()].map(({ where, seen, named }) => ({
      where,
      seen: [...seen].map((id) => this.#branch.text(id)),
      named: [...named].map((id) => this.#target.text(id)),
    }));
  }

  #groupOf(window: number, segment: number, basis: number): Group {
    // Numbers of values are small, so those of a group make one number.
    const key = ((window + 1) * MOST_VALUES + segment + 1) * MOST_VALUES + basis + 1;
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const parts = [this.#window.describe(window), this.#segment.describe(segment), this.#basis.describe(basis)];
    const where = parts.flat().join(', ');
    const group = { where, seen: new Set<number>(), named: new Set<number>() };
    this.#groups.set(key, group);
    return group;
  }
}
