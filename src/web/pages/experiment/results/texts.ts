/** Words and numbers of results. */
import type { AnalysisPeriod } from '../../../../domain/analysis-period.ts';
import type { Reading } from '../../../../domain/results/reading.ts';
import type { Estimate } from '../../../../domain/results/results-index.ts';
import { absoluteText, upliftText } from '../../../text/numbers.ts';
import { html, type SafeHtml } from '../../../views/html.ts';

export const PERIOD_NAMES: Readonly<Record<AnalysisPeriod, string>> = {
  daily: 'daily',
  weekly: 'weekly',
  days28: '28 days',
  overall: 'overall',
  preenrollment_weekly: 'week before enrollment',
  preenrollment_days28: '28 days before enrollment',
};

const WINDOW_WORDS: Partial<Readonly<Record<AnalysisPeriod, string>>> = { daily: 'day', weekly: 'week' };

/** `week 3`; of periods with one window only what is odd about it. */
export function windowText(period: AnalysisPeriod, window: number | null): string {
  if (period === 'overall' && window === 1) return 'whole time';
  return window === null ? 'without a window' : `${WINDOW_WORDS[period] ?? 'window'} ${window}`;
}

const MARKS: Readonly<Record<Reading, { readonly icon: string; readonly className: string }>> = {
  better: { icon: '▲', className: 'better' },
  worse: { icon: '■', className: 'worse' },
  up: { icon: '●', className: 'unclear' },
  down: { icon: '●', className: 'unclear' },
  'no clear change': { icon: '●', className: 'unclear' },
  'no interval': { icon: '○', className: 'unclear' },
};

export function readingElement(reading: Reading): SafeHtml {
  const { icon, className } = MARKS[reading];
  return html`<span class="${className}"><span aria-hidden="true">${icon}</span> ${reading}</span>`;
}

export interface UpliftWords {
  readonly point: string;
  readonly interval: string;
}

/** Numbers that are missing are a dash. */
export function upliftWords(estimate: Estimate | null): UpliftWords {
  const { point, lower, upper } = estimate ?? { point: null, lower: null, upper: null };
  const texts = upliftText({ point: point ?? 0, lower: lower ?? Number.NaN, upper: upper ?? Number.NaN });
  return {
    point: point === null ? '–' : texts.point,
    interval: lower === null || upper === null ? '–' : texts.interval,
  };
}

/** `1.234 (1.2 to 1.3)` */
export function estimateText(estimate: Estimate | null): string {
  if (estimate === null) return '–';
  const { point, lower, upper } = estimate;
  const interval = lower === null || upper === null ? '' : ` (${absoluteText(lower)} to ${absoluteText(upper)})`;
  return `${absoluteText(point)}${interval}`;
}
