/** The icons of the states of files. A word says the same beside each, so readers of the page skip them. */
import type { StateName } from '../../../domain/freshness/state-of-file.ts';
import { html, type SafeHtml } from '../../views/html.ts';

/** Drawn in a square of 16, with lines of the colour of the text. */
const SHAPES: Readonly<Record<StateName, SafeHtml>> = {
  running: html`<path fill="currentColor" stroke="none" d="M4 2.5v11l9.5-5.5z" />`,
  failed: html`<path fill="currentColor" stroke="none" d="M8 .8 15.2 8 8 15.2.8 8z" /><path
      stroke="var(--page)"
      d="M8 4.2v4.6M8 10.6v1.4"
    />`,
  refused: html`<circle cx="8" cy="8" r="6" /><path d="m4 12 8-8" />`,
  stale: html`<circle cx="8" cy="8" r="6" /><path d="M8 4.5V8l2.5 1.8" />`,
  never: html`<circle cx="8" cy="8" r="6" /><path d="M5.5 8h5" />`,
  missing: html`<circle cx="8" cy="8" r="6" />`,
  gone: html`<path d="M4 3.5a6 6 0 0 1 8 0M14 7.5a6 6 0 0 1-3.5 6M5.5 13.5a6 6 0 0 1-3.5-6" />`,
  rebuilding: html`<path d="M13.5 8a5.5 5.5 0 1 1-1.8-4.1M13.5 1.5v3h-3" />`,
  fresh: html`<path d="m3 8.5 3.2 3.2L13 5" />`,
  'not due': html`<path d="M5 8h6" />`,
};

/** Once a page, before the first icon. */
export function stateIcons(): SafeHtml {
  return html`<svg class="icons" aria-hidden="true" focusable="false">
    ${Object.entries(SHAPES).map(
      ([state, shape]) => html`<symbol id="state-${nameOf(state)}" viewBox="0 0 16 16">${shape}</symbol>`,
    )}
  </svg>`;
}

export function stateIcon(state: StateName): SafeHtml {
  return html`<svg class="icon" aria-hidden="true"><use href="#state-${nameOf(state)}" /></svg>`;
}

/** For classes and ids. */
export function nameOf(state: string): string {
  return state.replaceAll(' ', '-');
}
