/** What a benchmark found, and whether it is good enough. */
export type Limit = { readonly atLeast: number } | { readonly atMost: number };

/** One number. Without a limit it is for information only. */
export interface BenchResult {
  readonly question: string;
  readonly value: number;
  readonly unit: string;
  readonly limit?: Limit;
}

/** What a question's folder is told. */
export interface BenchRequest {
  /** Take the time that good numbers take; else answer within a minute or so. */
  readonly full: boolean;
  /** An empty folder to work in, removed afterwards. */
  readonly folder: string;
}

/** What `run.ts` in the folder of a question exports. */
export interface Question {
  /** The data it is measured on, in a line. */
  readonly data: string;
  readonly run: (request: BenchRequest) => Promise<BenchResult[]>;
}

/** A result as it is printed: `floor` is the limit, also where the question says "at most"; null where there is none. */
export interface JudgedResult {
  readonly question: string;
  readonly value: number;
  readonly unit: string;
  readonly floor: number | null;
  readonly ok: boolean;
}

/** Says whether a result keeps its limit. What is not a number keeps none. */
export function judge({ question, value, unit, limit }: BenchResult): JudgedResult {
  if (limit === undefined) return { question, value, unit, floor: null, ok: true };
  if ('atLeast' in limit) return { question, value, unit, floor: limit.atLeast, ok: value >= limit.atLeast };
  return { question: `${question} (at most)`, value, unit, floor: limit.atMost, ok: value <= limit.atMost };
}
