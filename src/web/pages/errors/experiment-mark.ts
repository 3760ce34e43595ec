/** An experiment of a log row, with a link to its page. */
import { experimentLink } from '../../../domain/page-links.ts';
import { html, type SafeHtml } from '../../views/html.ts';

export function experimentMark(slug: string): SafeHtml {
  return html`<a href="${experimentLink(slug)}">${slug}</a>`;
}
