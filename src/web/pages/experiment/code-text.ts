/** Sentences of the command line, whose names of commands and settings are in backticks. */
import { html, type SafeHtml } from '../../views/html.ts';

export function withCode(text: string): SafeHtml {
  const parts = text.split('`');
  // An odd number of backticks is no markup.
  if (parts.length % 2 === 0) return html`${text}`;
  return html`${parts.map((part, index) => (index % 2 === 0 ? html`${part}` : html`<code>${part}</code>`))}`;
}
