/** The matrix of all files: filters, table, legend, pages. */
import type { StateName } from '../../../domain/freshness/state-of-file.ts';
import { addressOf } from '../../parameters.ts';
import { countOf, countText } from '../../text/numbers.ts';
import { bareTable } from '../../frame/table.ts';
import { html, link, type SafeHtml } from '../../views/html.ts';
import { fileText, type TextMoment } from './file-text.ts';
import type { HealthColumn } from './health-columns.ts';
import { type HealthFile, STATES_BY_ATTENTION } from './health-file.ts';
import { experimentAddress } from './health-links.ts';
import { HEALTH_PRODUCTS, type HealthParameters, HEALTH_SORTS } from './health-parameters.ts';
import type { HealthRow } from './health-rows.ts';
import { type Matrix, STATE_FILTERS, stateFilterOf } from './matrix.ts';
import { nameOf, stateIcon } from './state-icons.ts';

export interface MatrixView {
  readonly matrix: Matrix;
  readonly parameters: HealthParameters;
  readonly applications: readonly string[];
  readonly moment: TextMoment;
}

export function matrixView(view: MatrixView): SafeHtml {
  const { matrix } = view;
  return html`<section id="files" aria-labelledby="files-title" data-watch>
    <h2 id="files-title">Files</h2>
    ${filterForm(view)} ${legend()}
    ${matrix.rows.length === 0 ? noRows(view.parameters) : [table(view), folded(matrix), pages(view)]}
  </section>`;
}

function filterForm({ parameters: { app, state, product, q, sort }, applications }: MatrixView): SafeHtml {
  const known = app === undefined || applications.includes(app) ? applications : [...applications, app];
  return html`<form class="bar" method="get" action="/#files">
    ${known.length === 0 ? undefined : html`<label>Application ${select('app', known.map(asOption), app, 'all')}</label>`}
    <label
      >State
      ${select(
        'state',
        STATE_FILTERS.map((name) => [name, name.replace('-', ' ')]),
        state,
        'any',
      )}</label
    >
    <label>Product ${select('product', HEALTH_PRODUCTS.map(asOption), product, 'all')}</label>
    <label
      >Order
      ${select(
        'sort',
        HEALTH_SORTS.map((name) => [name, `by ${name}`]),
        sort,
        undefined,
      )}</label
    >
    <label
      >Slug <input type="search" name="q" value="${q ?? ''}" placeholder="part of a slug" autocomplete="off"
    /></label>
    <button type="submit">Show</button>
  </form>`;
}

type Option = readonly [value: string, text: string];

function asOption(text: string): Option {
  return [text, text];
}

/** `none`: the text of the choice that filters nothing. */
function select(
  name: string,
  options: readonly Option[],
  chosen: string | undefined,
  none: string | undefined,
): SafeHtml {
  return html`<select name="${name}">
    ${none === undefined ? undefined : html`<option value="">${none}</option>`}
    ${options.map(([value, text]) =>
      value === chosen
        ? html`<option value="${value}" selected>${text}</option>`
        : html`<option value="${value}">${text}</option>`,
    )}
  </select>`;
}

const LEGEND: Readonly<Record<StateName, string>> = {
  failed: 'failed',
  refused: 'refused: no job can make it',
  stale: 'stale: later than the limit',
  never: 'never published',
  missing: 'no results, though expected',
  running: 'running',
  gone: 'tables deleted',
  rebuilding: 'tables are coming back',
  'not due': 'not due',
  fresh: 'fresh: age of the source',
};

function legend(): SafeHtml {
  return html`<ul class="legend" aria-label="Legend">
    ${STATES_BY_ATTENTION.map((state) => html`<li class="${nameOf(state)}">${stateIcon(state)} ${LEGEND[state]}</li>`)}
    <li>•n: rows left out</li>
  </ul>`;
}

function noRows({ app, state, product, q }: HealthParameters): SafeHtml {
  const isFiltered = [app, state, product, q].some((value) => value !== undefined);
  return isFiltered
    ? html`<p class="empty">No experiment matches. ${link('/#files', 'Show all')}</p>`
    : html`<p class="empty">No experiment has results to publish yet.</p>`;
}

function table({ matrix: { columns, rows, experiments, page, pages: count }, moment }: MatrixView): SafeHtml {
  const part = count > 1 ? `, page ${page} of ${count}` : '';
  const matrix = bareTable({
    caption: `State of each file of ${countOf(experiments, 'experiment')}${part}`,
    columns: ['Experiment', ...columns.map(({ title }) => title)],
    body: rows.map((row) => rowView(row, columns, moment)),
    className: 'matrix cards',
  });
  return html`<div class="table wide" role="region" aria-label="Files by experiment" tabindex="0">${matrix}</div>`;
}

function rowView(
  { experiment, application, files }: HealthRow,
  columns: readonly HealthColumn[],
  moment: TextMoment,
): SafeHtml {
  const shown = columns.map((column) => [column, files.get(column.id)] as const);
  const fresh = shown.filter(([, file]) => file?.state === 'fresh').length;
  return html`<tr>
    <th scope="row">
      ${link(experimentAddress(experiment, moment.hasPage), experiment)}
      ${application === undefined ? undefined : html`<small>${application.replaceAll('_', ' ')}</small>`}
      ${fresh === 0 ? undefined : html`<small class="phone">${countOf(fresh, 'fresh file')}</small>`}
    </th>
    ${shown.map(([column, file]) => cell(column, file, moment))}
  </tr>`;
}

function cell({ title }: HealthColumn, file: HealthFile | undefined, moment: TextMoment): SafeHtml {
  if (file === undefined) return html`<td data-name="${title}"></td>`;
  const { word, reason, spoken } = fileText(file, moment);
  const { state, leftOut, job } = file;
  const isPaused = job !== undefined && state !== 'running' && moment.pausedQueues.has(job.queue);
  return html`<td class="${nameOf(state)}" data-name="${title}" data-state="${stateFilterOf(state)}">
    <a href="${experimentAddress(file.file.experiment, moment.hasPage, '#files')}">
      ${stateIcon(state)} ${spoken === undefined ? undefined : html`<span class="hidden">${spoken} </span>`}
      <span>${word}</span>
    </a>
    ${leftOut === 0 ? undefined : leftOutMark(leftOut)}
    ${reason === undefined ? undefined : html`<small>${reason}</small>`}
    ${isPaused ? html`<small class="paused">paused</small>` : undefined}
  </td>`;
}

function leftOutMark(count: number): SafeHtml {
  return html` <span class="left-out" title="${countOf(count, 'row')} left out"
    ><span aria-hidden="true">•${countText(count)}</span
    ><span class="hidden">, ${countOf(count, 'row')} left out</span></span
  >`;
}

function folded({ folded: columns }: Matrix): SafeHtml | undefined {
  if (columns.length === 0) return undefined;
  return html`<p class="note">Nothing is due, so not shown: ${columns.map(({ title }) => title).join(', ')}.</p>`;
}

function pages({ matrix: { page, pages: count }, parameters }: MatrixView): SafeHtml | undefined {
  if (count === 1) return undefined;
  const to = (target: number, text: string) =>
    link(addressOf('/', { ...parameters, page: target === 1 ? undefined : target }, 'files'), text);
  return html`<nav class="pages" aria-label="Pages of the matrix">
    ${page > 1 ? to(page - 1, 'Previous') : undefined} <span>Page ${page} of ${count}</span>
    ${page < count ? to(page + 1, 'Next') : undefined}
  </nav>`;
}
