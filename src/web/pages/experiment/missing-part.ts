/** What stands where a part of the page could not be read, or is old. */
import type { Part } from '../../part.ts';
import { html, type SafeHtml } from '../../views/html.ts';

export function missingPart(problem: string): SafeHtml {
  return html`<p class="notice partial" role="status">Not shown: ${problem} <a href="">Try again</a></p>`;
}

/** Why what is shown is not newer. */
export function troubleOf(part: Part<unknown>): SafeHtml {
  if (part.kind === 'unread' || part.trouble === undefined) return html``;
  return html`<p class="notice partial" role="status">Older than it should be: ${part.trouble}</p>`;
}
