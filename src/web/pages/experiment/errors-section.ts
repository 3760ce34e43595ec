/** Errors of the analysis, as Experimenter shows them. */
import type { Part } from '../../part.ts';
import { countElement, countOf } from '../../text/numbers.ts';
import { timeElement } from '../../text/times.ts';
import { html, link, type SafeHtml } from '../../views/html.ts';
import type { ErrorGroup, ErrorsView } from './error-groups.ts';
import { errorsPath } from './links.ts';
import { missingPart, troubleOf } from './missing-part.ts';

const OPEN_GROUPS = 10;
const MOST_METRICS = 8;

export function errorsSection(part: Part<ErrorsView>, slug: string, now: number): SafeHtml {
  const count = part.kind === 'read' && part.value.count > 0 ? ` (${part.value.count})` : '';
  return html`<section id="errors" aria-labelledby="errors-title">
    <h2 id="errors-title">Errors${count}</h2>
    ${part.kind === 'unread' ? missingPart(part.problem) : errorsBlock(part.value, slug, now)} ${troubleOf(part)}
  </section>`;
}

function errorsBlock({ groups, older }: ErrorsView, slug: string, now: number): SafeHtml {
  const path = errorsPath(slug);
  const before = older === 0 ? html`` : html` ${link(path, html`Older: ${countElement(older)}`)}`;
  if (groups.length === 0) return html`<p>The log of this analysis run has no errors.${before}</p>`;
  const others = groups.slice(OPEN_GROUPS);
  return html`${groups.slice(0, OPEN_GROUPS).map((group) => groupBlock(group, now))}
    ${
      others.length === 0
        ? html``
        : html`<details>
            <summary>${countOf(others.length, 'more kind')} of errors</summary>
            ${others.map((group) => groupBlock(group, now))}
          </details>`
    }
    <p>${link(path, 'All log rows of this experiment')}${before}</p>`;
}

const LONGEST_MESSAGE = 600;

/** The rest is on the page of errors. */
function shortened(text: string): string {
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text;
}

function groupBlock({ type, message, exception, count, metrics, last }: ErrorGroup, now: number): SafeHtml {
  const more = metrics.length > MOST_METRICS ? ` and ${metrics.length - MOST_METRICS} more` : '';
  const about = metrics.length === 0 ? 'the experiment' : `${metrics.slice(0, MOST_METRICS).join(', ')}${more}`;
  return html`<article class="loss">
    <h3>${type} <small>${countOf(count, 'error')}, last ${timeElement(last, { now })}</small></h3>
    <p>${message === '' ? 'It has no message.' : shortened(message)}</p>
    <p class="sub">Of ${about}</p>
    ${
      exception === null
        ? html``
        : html`<details>
            <summary>Exception</summary>
            <pre>${exception}</pre>
          </details>`
    }
  </article>`;
}
