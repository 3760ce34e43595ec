/** Names of analysis periods in per-window tables and log rows. */
import type { AnalysisPeriod } from './analysis-period.ts';

export const WINDOW_PERIODS: Readonly<Record<AnalysisPeriod, string>> = {
  daily: 'day',
  weekly: 'week',
  days28: 'days28',
  overall: 'overall',
  preenrollment_weekly: 'preenrollment_week',
  preenrollment_days28: 'preenrollment_days28',
};
