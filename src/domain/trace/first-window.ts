/** What the console reads of a statistic's first window to decide whether the metric is available (spec: pages, C13). */
import type { JsonValue } from '../json-value.ts';
import { isAbsolute, numberOf, type StatisticsRow } from './statistics-row.ts';

/** Collects the rows of one statistic of one cell; only those of the lowest window count. */
export class FirstWindow {
  #window = Infinity;
  /** By branch: whether the row has point and bounds. */
  #absolute = new Map<JsonValue, boolean>();
  /** By branch and the branch compared with. */
  #uplift = new Map<string, boolean>();

  add(row: StatisticsRow, window: number): void {
    // Rows with a parameter are points of a distribution.
    if (row.parameter !== null || window > this.#window) return;
    if (window < this.#window) {
      this.#window = window;
      this.#absolute = new Map();
      this.#uplift = new Map();
    }
    if (isAbsolute(row)) addFirst(this.#absolute, row.branch, hasBounds(row));
    if (row.comparison === 'relative_uplift') {
      addFirst(this.#uplift, upliftId(row.branch, row.comparison_to_branch), hasBounds(row));
    }
  }

  hasAbsolute(branch: string): boolean {
    return this.#absolute.get(branch) === true;
  }

  hasUplift(branch: string, reference: string | null): boolean {
    return this.#uplift.get(upliftId(branch, reference)) === true;
  }
}

/** Neither null nor 0, which the console takes for missing. */
function hasBounds({ point, lower, upper }: StatisticsRow): boolean {
  return [point, lower, upper].every((value) => Boolean(numberOf(value)));
}

function upliftId(branch: JsonValue, reference: JsonValue): string {
  return JSON.stringify([branch, reference]);
}

function addFirst<Key>(rows: Map<Key, boolean>, key: Key, value: boolean): void {
  if (!rows.has(key)) rows.set(key, value);
}
