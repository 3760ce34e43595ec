/**
 * How generated rows lie in their table: windows of equal size, in each some tiles (segments), in each both bases; and
 * where batches begin. A batch stays inside its tile where windows are large, else it holds whole windows: so the
 * batches of a table are few different ones, over and over, but for their window, segment and digits.
 */

export interface LayoutOptions {
  readonly rows: number;
  readonly windows: number;
  readonly segments: number;
  readonly batchRows: number;
}

export interface RowPlace {
  readonly segment: number;
  readonly basis: 0 | 1;
  /** Ordinal among the rows of its window, segment and basis. */
  readonly inBasis: number;
}

/** A larger window has more segments instead, which bounds how many different batches are kept. */
const MOST_BATCHES_PER_TILE = 32;

export class StatisticsLayout {
  readonly rows: number;
  readonly batchRows: number;
  readonly windowRows: number;
  readonly basisRows: number;
  readonly #tileRows: number;
  readonly #isTiled: boolean;

  constructor({ rows, windows, segments, batchRows }: LayoutOptions) {
    this.rows = rows;
    this.batchRows = batchRows;
    this.windowRows = Math.max(1, Math.ceil(rows / windows));
    this.#isTiled = this.windowRows > batchRows;
    this.#tileRows = Math.min(Math.ceil(this.windowRows / segments), batchRows * MOST_BATCHES_PER_TILE);
    this.basisRows = Math.ceil(this.#tileRows / 2);
  }

  /** The window of a row, from 1. */
  windowOf(row: number): number {
    return Math.floor(row / this.windowRows) + 1;
  }

  /** How many windows have rows. */
  get windowCount(): number {
    return Math.ceil(this.rows / this.windowRows);
  }

  /** The rows `[from, to)` of a window; empty for one that is not there. */
  windowRange(window: number): { readonly from: number; readonly to: number } {
    const from = Math.min(this.rows, Math.max(0, (window - 1) * this.windowRows));
    return { from, to: Math.min(this.rows, Math.max(0, window * this.windowRows)) };
  }

  /** The tile of a row in its window; 0 where batches hold whole windows. */
  tileOf(row: number): number {
    return this.#isTiled ? Math.floor((row % this.windowRows) / this.#tileRows) : 0;
  }

  /** Rows of one phase are the same but for their window, their segment if tiled, and the digits of doubles. */
  phaseOf(row: number): number {
    const inWindow = row % this.windowRows;
    return this.#isTiled ? inWindow % this.#tileRows : inWindow;
  }

  placeOf(row: number): RowPlace {
    const inWindow = row % this.windowRows;
    const segment = Math.floor(inWindow / this.#tileRows);
    const inTile = inWindow - segment * this.#tileRows;
    const basis = inTile < this.basisRows ? 0 : 1;
    return { segment, basis, inBasis: inTile - basis * this.basisRows };
  }

  /** Where the part ends whose rows share window and tile with this one. */
  partEnd(row: number): number {
    const windowStart = row - (row % this.windowRows);
    const windowEnd = Math.min(this.rows, windowStart + this.windowRows);
    if (!this.#isTiled) return windowEnd;
    return Math.min(windowEnd, windowStart + (this.tileOf(row) + 1) * this.#tileRows);
  }

  /** Where the batch ends that holds this row. */
  batchEnd(row: number): number {
    if (this.#isTiled) {
      const inTile = this.phaseOf(row);
      const next = row - (inTile % this.batchRows) + this.batchRows;
      return Math.min(next, this.partEnd(row));
    }
    const unit = this.windowRows * Math.floor(this.batchRows / this.windowRows);
    return Math.min(this.rows, row - (row % unit) + unit);
  }
}
