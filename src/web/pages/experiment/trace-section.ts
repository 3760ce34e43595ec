/** The strip due → computed → published → shown, and why results were lost (spec: today, section 4). */
import type { Explanation } from '../../../domain/trace/explanation.ts';
import type { StepCount } from '../../../domain/trace/headline.ts';
import { countOf, countText } from '../../text/numbers.ts';
import { timeElement } from '../../text/times.ts';
import { html, link, type SafeHtml } from '../../views/html.ts';
import type { Part } from '../../part.ts';
import { withCode } from './code-text.ts';
import { missingPart, troubleOf } from './missing-part.ts';
import { errorsPath, objectPath, runsPath } from './links.ts';
import { type GroupLink, type LinkedGroup, type NotDueGroup, traceView } from './trace-view.ts';

/** More reasons are folded if some results are shown. */
const OPEN_GROUPS = 2;
/** Even if none is. */
const MOST_OPEN_GROUPS = 6;
/** More metrics of a reason are folded. */
const OPEN_METRICS = 12;

const LOST_AT: Readonly<Record<LinkedGroup['lost'], string>> = {
  due: 'not due',
  computed: 'not computed',
  published: 'not published',
  shown: 'not shown',
};

export function traceSection(part: Part<Explanation>, now: number): SafeHtml {
  return html`<section id="trace" aria-labelledby="trace-title">
    <h2 id="trace-title">From configuration to Experimenter</h2>
    ${part.kind === 'unread' ? missingPart(part.problem) : traced(part.value, part.at, now)} ${troubleOf(part)}
  </section>`;
}

function traced(explanation: Explanation, at: number, now: number): SafeHtml {
  const { problems, warnings, untraced } = explanation;
  const notes = [...problems.map(({ sentence }) => sentence), ...warnings];
  return html`${untraced === undefined ? strip(explanation) : untracedBlock(untraced)}
    ${notes.map((text) => html`<p class="notice">${text}</p>`)}
    <p class="sub">
      Read ${timeElement(at, { now })} · the same as
      <code>contrail why ${explanation.experiment}</code>
    </p>`;
}

function strip(explanation: Explanation): SafeHtml {
  const { headline, steps, groups, notDue } = traceView(explanation);
  const slug = explanation.experiment;
  return html`<p><strong>${headline}.</strong> A result is a metric of one period, analysis basis and segment.</p>
    ${
      explanation.cells.length === 0
        ? undefined
        : html`<ol class="strip">
            ${steps.map(stepItem)}
          </ol>`
    }
    ${groups.length === 0 ? undefined : losses(groups, { slug, isOpen: isAllLost(steps) || groups.length <= OPEN_GROUPS })}
    ${notDue.map(notDueBlock)}`;
}

function notDueBlock({ periods, results, why, next }: NotDueGroup): SafeHtml {
  return html`<article class="loss muted">
    <h3>${periods.join(', ')}: not due <small>${countOf(results, 'result')}</small></h3>
    <p>${withCode(why)} ${withCode(next)}</p>
  </article>`;
}

/** Where some results are shown, people came for them, and a long list of others is folded. */
function losses(groups: readonly LinkedGroup[], { slug, isOpen }: { readonly slug: string; readonly isOpen: boolean }) {
  const blocks = groups.map((group) => lossBlock(group, slug));
  if (isOpen && groups.length <= MOST_OPEN_GROUPS) return html`${blocks}`;
  const open = isOpen ? blocks.slice(0, MOST_OPEN_GROUPS) : [];
  const folded = blocks.slice(open.length);
  return html`${open}
    <details>
      <summary>
        ${countOf(folded.length, open.length === 0 ? 'reason' : 'more reason')} why results are not shown
      </summary>
      ${folded}
    </details>`;
}

function isAllLost(steps: readonly StepCount[]): boolean {
  return steps.at(-1)?.left === 0;
}

function stepItem({ step, left, lost }: StepCount): SafeHtml {
  const words =
    step === 'due' ? html`${countText(lost)} not due` : html`<span class="lost">${countText(lost)} lost</span>`;
  const losses = lost === 0 ? undefined : html` ${words}`;
  return html`<li><span>${step}</span> <b>${countText(left)}</b>${losses}</li>`;
}

function lossBlock(group: LinkedGroup, slug: string): SafeHtml {
  const { period, window, lost, why, next, links } = group;
  const place = window === null || lost === 'due' ? period : `${period}, window ${window}`;
  const count = group.cells.length;
  return html`<article class="loss">
    <h3>${place}: ${LOST_AT[lost]} <small>${countOf(count, 'result')}</small></h3>
    <p class="sub">${metricNames(group.metrics)}</p>
    <p>${withCode(why)}</p>
    <p>${withCode(next)} ${links.map((target) => proofLink(target, slug))}</p>
  </article>`;
}

function metricNames(metrics: readonly string[]): SafeHtml {
  const shown = metrics.slice(0, OPEN_METRICS).join(', ');
  const rest = metrics.slice(OPEN_METRICS);
  if (rest.length === 0) return html`${shown}`;
  return html`${shown}
    <details>
      <summary>and ${countText(rest.length)} more</summary>
      ${rest.join(', ')}
    </details>`;
}

function proofLink(target: GroupLink, slug: string): SafeHtml {
  return html` ${link(targetOf(target, slug), target.text)}`;
}

function targetOf({ to, metric, object }: GroupLink, slug: string): string {
  switch (to) {
    case 'errors':
      return errorsPath(slug, metric);
    case 'runs':
      return runsPath(slug);
    case 'file':
      return objectPath(object ?? '');
  }
}

/** Why no trace could be made, and what there is all the same. */
function untracedBlock({ error, found }: NonNullable<Explanation['untraced']>): SafeHtml {
  const things = found.map(
    ({ period, tables, file }) =>
      html`<li>${period}: ${countOf(tables, 'table')}, ${file === undefined ? 'not published' : 'published'}</li>`,
  );
  return html`<p class="notice">It cannot be known which results are expected. ${error.sentence}</p>
    ${
      things.length === 0
        ? html`<p>It has no tables and no published files.</p>`
        : html`<ul>
            ${things}
          </ul>`
    }`;
}
