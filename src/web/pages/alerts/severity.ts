/** Severities and states of alerts, as icon and word. */
import type { AlertState } from '../../../alerts/row.ts';
import type { AlertProduct, AlertSeverity } from '../../../alerts/rule.ts';
import { html, type SafeHtml } from '../../views/html.ts';

const SEVERITY_WORDS: Readonly<Record<AlertSeverity, string>> = {
  critical: 'Critical',
  warning: 'Warning',
  info: 'Info',
};

/** A diamond with a mark, a triangle, a circle. */
export function severityElement(severity: AlertSeverity): SafeHtml {
  const word = SEVERITY_WORDS[severity];
  switch (severity) {
    case 'critical':
      return state('failed', html`<path d="M6 0 12 6 6 12 0 6Z" fill="currentColor" />`, word);
    case 'warning':
      return state('stale', html`<path d="M6 1 12 11H0Z" fill="currentColor" />`, word);
    case 'info':
      return state(
        'unclear',
        html`<circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" stroke-width="1.5" />`,
        word,
      );
  }
}

export const STATE_WORDS: Readonly<Record<AlertState, string>> = {
  open: 'Open',
  no_data: 'No data',
  silenced: 'Silenced',
  resolved: 'Resolved',
};

/** Who has the threshold: products judge the same measure by different ones on purpose. */
export const PRODUCT_WORDS: Readonly<Record<AlertProduct, string>> = {
  console: 'Experimenter',
  tile: 'status tile',
  guide: 'monitoring guide',
  contrail: 'Contrail',
};

/** An icon of 12 by 12 and its word. */
export function state(className: string, icon: SafeHtml, word: string): SafeHtml {
  return html`<span class="state ${className}"><svg viewBox="0 0 12 12" aria-hidden="true">${icon}</svg>${word}</span>`;
}
