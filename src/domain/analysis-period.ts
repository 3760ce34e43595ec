/** Analysis periods, as they appear in the names of views and files (spec: statistics, section 1). */
import { ContrailError } from './errors.ts';
import { didYouMean } from './nearest-name.ts';
import { quote } from './slug.ts';

/** In the order of plans and output. */
export const ANALYSIS_PERIODS = [
  'daily',
  'weekly',
  'days28',
  'overall',
  'preenrollment_weekly',
  'preenrollment_days28',
] as const;

export type AnalysisPeriod = (typeof ANALYSIS_PERIODS)[number];

export function isAnalysisPeriod(text: string): text is AnalysisPeriod {
  return (ANALYSIS_PERIODS as readonly string[]).includes(text);
}

/** The period of that name; USAGE with the nearest name if there is none. */
export function parseAnalysisPeriod(text: string): AnalysisPeriod {
  if (isAnalysisPeriod(text)) return text;
  throw new ContrailError('USAGE', `Unknown analysis period ${quote(text)}.`, {
    hint: `${didYouMean(text, ANALYSIS_PERIODS)}The periods are ${ANALYSIS_PERIODS.join(', ')}.`,
  });
}
