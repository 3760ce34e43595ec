/** Which runs the filters of the page leave. Page and API share it. */
import { z } from 'zod';
import { RUN_OUTCOMES } from '../../../domain/run-outcomes.ts';
import { SearchText } from '../../parameters.ts';
import { RANGE_PARAMETERS } from '../../time-range.ts';
import type { RunFacts } from './runs-source.ts';

/** The filters, for the page and the API. */
export const RUN_FILTERS = {
  ...RANGE_PARAMETERS,
  q: SearchText,
  queue: SearchText,
  outcome: z.enum(RUN_OUTCOMES).optional(),
  class: SearchText,
  worker: SearchText,
  latest: z.enum(['1']).optional(),
};

export interface RunFilters {
  readonly q?: string | undefined;
  readonly queue?: string | undefined;
  readonly outcome?: string | undefined;
  /** An error code. */
  readonly class?: string | undefined;
  readonly worker?: string | undefined;
  /** `1`: only the newest run of each file, so that `failed` means still failed. */
  readonly latest?: string | undefined;
}

/** Runs that ended before `to` and pass all filters. Every word of `q` must be in the slug, the id or the error. */
export function selectRuns(runs: readonly RunFacts[], filters: RunFilters, to: number): RunFacts[] {
  const words = (filters.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return runs.filter(
    (run) =>
      run.finishedAt < to &&
      (filters.latest === undefined || run.isLatest) &&
      (filters.queue === undefined || run.queue === filters.queue) &&
      (filters.outcome === undefined || run.outcome === filters.outcome) &&
      (filters.class === undefined || run.code === filters.class) &&
      (filters.worker === undefined || run.worker === filters.worker) &&
      hasWords(run, words),
  );
}

function hasWords({ subject, jobId, code, message }: RunFacts, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = [subject, jobId, code, message].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}
