/** How many plots a page may still draw; what comes after that is shown as a table (spec: pages, section 16). */

const MOST_PLOTS = 24;

export class PlotBudget {
  #left = MOST_PLOTS;

  /** Whether one more may be drawn; counts it. */
  take(): boolean {
    if (this.#left === 0) return false;
    this.#left -= 1;
    return true;
  }
}
