/** Parameters of the results: the same for the page, the CSV and the JSON. */
import { z } from 'zod';
import { ANALYSIS_PERIODS } from '../../../../domain/analysis-period.ts';
import type { ResultsRequest } from '../../../../domain/results/experiment-results.ts';
import { ANALYSIS_BASES } from '../../../../domain/trace/inputs.ts';

const LONGEST_NAME = 300;

function name(what: string) {
  return z.string().max(LONGEST_NAME, `${what}, at most ${LONGEST_NAME} characters`).optional();
}

export const ResultsParameters = z.object({
  period: z.enum(ANALYSIS_PERIODS).optional(),
  window: z
    .string()
    .regex(/^-?\d{1,9}$/, 'the number of a window')
    .transform(Number)
    .optional(),
  segment: name('the name of a segment'),
  basis: z.enum(ANALYSIS_BASES).optional(),
  against: name('the slug of a branch'),
  show: z.enum(['all', 'changes']).optional(),
  metric: name('the name of a metric'),
  stat: name('the name of a statistic'),
  outcome: name('the slug of an outcome, or notable, guardrails, other'),
});
export type ResultsParameters = z.output<typeof ResultsParameters> & ResultsRequest;

/** The parameters as texts of an address, without those that are not set. */
export function queryOf(parameters: ResultsParameters): Readonly<Record<string, string | number | undefined>> {
  return { ...parameters };
}
