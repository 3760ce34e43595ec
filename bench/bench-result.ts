/** One number a benchmark found, and whether it is good enough. */
export interface BenchResult {
  readonly question: string;
  readonly value: number;
  readonly unit: string;
  /** The least that is good enough; null where the number is for information only. */
  readonly floor: number | null;
  readonly ok: boolean;
}
