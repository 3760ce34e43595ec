/**
 * Takes the processor time of work on one thread, done again and again in slices, and adds up the best of each slice.
 * On a machine that others use too, the clock on the wall says more about them than about the work.
 */
export class Stopwatch {
  readonly #best: number[] = [];

  /** The processor time of the whole work, in seconds: of this process, whatever thread it was spent on. */
  get bestSeconds(): number {
    return this.#best.reduce((sum, seconds) => sum + seconds, 0);
  }

  /** Does one slice of the work once; slices are numbered from 0. */
  async measure(slice: number, work: () => unknown): Promise<void> {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    this.#best[slice] = Math.min(this.#best[slice] ?? Number.POSITIVE_INFINITY, (user + system) / 1e6);
  }
}
