/** Blocks for what is not there: nothing, part of it, or an error (spec: pages, section 1). */
import { html, type SafeHtml, type Value } from '../views/html.ts';
import { timeElement } from '../text/times.ts';

/** Why nothing is here, and what would fill it. */
export function emptyBlock(text: Value): SafeHtml {
  return html`<p class="empty">${text}</p>`;
}

/** A source that a page reads. */
export interface SourceState {
  /** `monitoring.logs` */
  readonly name: string;
  /** Why it did not answer: `did not answer in 10 s`; undefined if it did. */
  readonly problem?: string;
  /** When what is shown of it was read, milliseconds since 1970; undefined if it never was. */
  readonly asOf?: number;
}

/** Says which sources did not answer; nothing if all did. */
export function partialBlock(sources: readonly SourceState[], now: number): SafeHtml | undefined {
  const lost = sources.filter(({ problem }) => problem !== undefined);
  if (lost.length === 0) return undefined;
  const lines = lost.map(({ name, problem = '', asOf }) => {
    const seen = asOf === undefined ? 'never seen here' : html`last seen ${timeElement(asOf, { now })}`;
    return html`<li><code>${name}</code> ${problem}, ${seen}.</li>`;
  });
  const shown = sources.length - lost.length;
  return html`<div class="notice partial" role="status">
    <p>Shown: ${shown} of ${sources.length} sources.</p>
    <ul>
      ${lines}
    </ul>
  </div>`;
}

/** A block that could not be made; the rest of the page stays. */
export function errorBlock(text: Value, requestId: string, retry: string): SafeHtml {
  return html`<p class="notice error" role="alert">
    ${text} The log has it as request ${requestId}. <a href="${retry}">Try again</a>
  </p>`;
}
