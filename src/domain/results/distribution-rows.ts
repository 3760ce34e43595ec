/** The points of the distributions of one metric, read from a file when they are wanted: they are most of its rows. */
import { numberOf, type FileRow } from '../trace/statistics-row.ts';
import { FileRows } from './file-rows.ts';
import type { Estimate, GroupPlace } from './results-index.ts';
import { NO_WINDOW } from './results-table.ts';
import { numbersOf, textsOf, windowOf } from './row-values.ts';

export interface DistributionWish extends GroupPlace {
  readonly metric: string;
  readonly window: number | null;
}

/** A decile, or a point of a density or of a cumulative distribution. */
export interface DistributionRow extends Omit<Estimate, 'ciWidth'> {
  readonly statistic: string;
  readonly parameter: number;
  readonly branch: string;
  readonly comparison: string | null;
  readonly against: string | null;
}

/** Grids have 256 points; more rows than this are no plot that people can read. */
const MOST_ROWS = 20_000;

export class DistributionBuilder {
  readonly #wish: DistributionWish;
  readonly #found: DistributionRow[] = [];
  readonly #rows = new FileRows((row) => this.#add(row));

  constructor(wish: DistributionWish) {
    this.#wish = wish;
  }

  push(chunk: Uint8Array): void {
    this.#rows.push(chunk);
  }

  /** In the file's order; of a file with very many points the first ones. */
  finish(): readonly DistributionRow[] {
    this.#rows.end();
    return this.#found;
  }

  #add(row: FileRow): void {
    const { metric, basis, segment, window } = this.#wish;
    const isWanted = row.metric === metric && row.analysis_basis === basis && row.segment === segment;
    if (!isWanted || row.parameter === null || this.#found.length === MOST_ROWS) return;
    if (windowOf(row) !== (window ?? NO_WINDOW)) return;
    const parameter = numberOf(row.parameter);
    const texts = textsOf(row);
    const numbers = numbersOf(row);
    if (typeof parameter !== 'number' || texts === undefined || numbers === undefined) return;
    const { statistic, branch, comparison, against } = texts;
    const { point, lower, upper } = numbers;
    if (statistic === null || branch === null) return;
    this.#found.push({ statistic, parameter, branch, comparison, against, point, lower, upper });
  }
}
