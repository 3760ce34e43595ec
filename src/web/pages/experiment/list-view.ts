/** `/experiments`: the list with its filters. */
import { countOf } from '../../text/numbers.ts';
import { addressOf } from '../../parameters.ts';
import { html, link, type SafeHtml } from '../../views/html.ts';
import { applicationName } from './header-view.ts';
import { experimentPath } from './links.ts';
import { type ListedExperiment, type ListFilter, type ListView, STAGES } from './list-model.ts';
import { dayText, kindsOf, stageText } from './status.ts';
import { headedTable, numeric } from '../../frame/table.ts';

export function listTitle({ matching, all, shown }: ListView): string {
  if (all === 0) return 'No experiments yet';
  const live = shown.length === matching ? shown.filter(({ stage }) => stage === 'live').length : undefined;
  if (matching !== all) return `${countOf(matching, 'experiment')} of ${countOf(all, 'experiment')}`;
  return live === undefined ? countOf(all, 'experiment') : `${countOf(all, 'experiment')}, ${live} live`;
}

export interface ListOptions {
  readonly filter: ListFilter;
  readonly nearest: readonly string[];
  /** Why the list is not whole. */
  readonly problem: string | undefined;
  readonly now: number;
}

export function listBody(view: ListView, { filter, nearest, problem, now }: ListOptions): SafeHtml {
  return html`${problem === undefined ? html`` : html`<p class="notice partial">The list may not be whole: ${problem}</p>`}
  ${filterForm(view, filter)} ${view.shown.length === 0 ? emptyList(view, nearest) : table(view.shown, now)}
  ${pageLinks(view, filter)}`;
}

function filterForm({ applications }: ListView, { q, app, status }: ListFilter): SafeHtml {
  const option = (value: string, text: string, selected: string): SafeHtml =>
    value === selected
      ? html`<option value="${value}" selected>${text}</option>`
      : html`<option value="${value}">${text}</option>`;
  return html`<form method="get" action="/experiments" class="bar">
    <label>Slug <input type="search" name="q" value="${q}" maxlength="200" /></label>
    <label
      >Application
      <select name="app">
        ${option('', 'all', app)} ${applications.map((name) => option(name, applicationName(name), app))}
      </select></label
    >
    <label
      >Status
      <select name="status">
        ${option('', 'all', status)} ${STAGES.map((stage) => option(stage, stage, status))}
      </select></label
    >
    <button>Show</button>
  </form>`;
}

function emptyList({ all }: ListView, nearest: readonly string[]): SafeHtml {
  if (all === 0) return html`<p>The experiments API lists none. They appear here when they are launched.</p>`;
  const names = nearest.map((slug) => html`<li>${link(experimentPath(slug), slug)}</li>`);
  const near =
    names.length === 0
      ? html``
      : html`<p>Did you mean one of these?</p>
          <ul>
            ${names}
          </ul>`;
  return html`<p>No experiment matches. <a href="/experiments">Show all ${all}</a></p>
    ${near}`;
}

function table(shown: readonly ListedExperiment[], now: number): SafeHtml {
  return headedTable({
    caption: 'Experiments, live ones first',
    columns: ['Experiment', 'Application', 'Status', 'Enrollment ends', numeric('Branches')],
    body: shown.map(({ experiment }) => {
      const { slug, appName, enrollmentEndDate } = experiment;
      const kinds = kindsOf(experiment, now);
      return html`<tr>
        <th scope="row">${link(experimentPath(slug), slug)}</th>
        <td data-name="Application">${applicationName(appName)}</td>
        <td data-name="Status">${[stageText(experiment, now), ...kinds].join(', ')}</td>
        <td data-name="Enrollment ends">${enrollmentEndDate === null ? '–' : dayText(enrollmentEndDate)}</td>
        <td data-name="Branches" class="number">${experiment.console?.branches?.length ?? '–'}</td>
      </tr>`;
    }),
  });
}

function pageLinks({ page, pages }: ListView, { q, app, status }: ListFilter): SafeHtml {
  if (pages === 1) return html``;
  const to = (target: number): string => addressOf('/experiments', { q, app, status, page: target });
  const previous = page > 1 ? html`<a rel="prev" href="${to(page - 1)}">Previous</a> ` : html``;
  const next = page < pages ? html` <a rel="next" href="${to(page + 1)}">Next</a>` : html``;
  return html`<nav class="pages" aria-label="Pages of the list">${previous}Page ${page} of ${pages}${next}</nav>`;
}
