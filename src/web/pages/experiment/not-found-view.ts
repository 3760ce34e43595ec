/** What people see for a slug that nobody knows, or that is private. */
import { html, link, type SafeHtml } from '../../views/html.ts';
import { experimentPath } from './links.ts';

export interface UnknownSlug {
  readonly nearest: readonly string[];
  /** What could not be looked at. */
  readonly problem?: string;
}

const LONGEST_NAME = 100;

export function notFoundTitle(slug: string): string {
  const shown = slug.length > LONGEST_NAME ? `${slug.slice(0, LONGEST_NAME)}…` : slug;
  return `There is no experiment ${shown}`;
}

export function notFoundBody({ nearest, problem }: UnknownSlug): SafeHtml {
  return html`${
      nearest.length === 0
        ? html``
        : html`<p>Did you mean one of these?</p>
            <ul>
              ${nearest.map((slug) => html`<li>${link(experimentPath(slug), slug)}</li>`)}
            </ul>`
    }
    ${problem === undefined ? html`` : html`<p class="notice partial">Not everything could be looked at: ${problem}</p>`}
    <p>
      Neither the experiments API nor the warehouse has it, or its results are private.
      <a href="/experiments">All experiments</a>
    </p>`;
}
