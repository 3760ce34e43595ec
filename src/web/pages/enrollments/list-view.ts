/** `/enrollments`: is everyone getting in, in the right ratio? */
import { emptyBlock } from '../../frame/blocks.ts';
import type { Page } from '../../frame/page.ts';
import { countElement, countOf, exactText, shareText } from '../../text/numbers.ts';
import { timeElement } from '../../text/times.ts';
import { html, type SafeHtml } from '../../views/html.ts';
import { enrollmentsLink } from '../../../domain/page-links.ts';
import { severityElement } from '../alerts/severity.ts';
import { branchList } from './branch-shares.ts';
import { EXPERIMENT_STATES, type EnrollmentsModel, type ExperimentEnrollment, type ExperimentState } from './model.ts';
import { headedTable, numeric } from '../../frame/table.ts';

export interface EnrollmentsFilter {
  readonly app?: string | undefined;
  readonly rule?: string | undefined;
  readonly state?: ExperimentState | undefined;
  readonly q?: string | undefined;
}

export interface EnrollmentsView {
  /** Of all live experiments. */
  readonly model: EnrollmentsModel;
  readonly shown: readonly ExperimentEnrollment[];
  readonly filter: EnrollmentsFilter;
  readonly rules: readonly string[];
  /** Why the numbers are not newer. */
  readonly trouble: string | undefined;
  readonly now: number;
}

export const STATE_WORDS: Readonly<Record<ExperimentState, string>> = {
  failing: 'failing',
  notice: 'notice only',
  no_counts: 'no counts',
  clear: 'no rule fails',
};

export function enrollmentsPage(view: EnrollmentsView): Page {
  const { model, shown, now } = view;
  const counted = model.countedAt === null ? html`not counted` : html`counted ${timeElement(model.countedAt, { now })}`;
  return {
    section: '/enrollments',
    headline: headlineOf(model),
    title: 'Enrollments',
    sub: html`${countOf(model.experiments.length, 'live experiment')} · clients ${counted} · rules of Experimenter, the
    status tile and the monitoring guide`,
    bar: barOf(view),
    body: html`${notesBlock([...model.notes, ...(view.trouble === undefined ? [] : [view.trouble])])}
    ${shown.length === 0 ? emptyBlock(emptyText(view)) : table(shown)}`,
  };
}

export function notesBlock(notes: readonly string[]): SafeHtml | undefined {
  if (notes.length === 0) return undefined;
  return html`<div class="notice" role="status">${notes.map((note) => html`<p>${note}</p>`)}</div>`;
}

function headlineOf({ experiments, notes }: EnrollmentsModel): string {
  const live = experiments.length;
  if (live === 0) return notes.length > 0 ? 'The live experiments are not known' : 'No live experiments';
  const failing = experiments.filter(({ state }) => state === 'failing').length;
  const uncounted = experiments.filter(({ state }) => state === 'no_counts').length;
  const rest = uncounted === 0 ? '' : `, ${uncounted} without counts`;
  if (failing === 0) return `No failing rule at ${countOf(live, 'live experiment')}${rest}`;
  const verb = failing === 1 ? 'has' : 'have';
  return `${failing} of ${countOf(live, 'live experiment')} ${verb} a failing rule${rest}`;
}

function emptyText({ model }: EnrollmentsView): string {
  if (model.experiments.length > 0) return 'No live experiment fits these filters.';
  return model.notes.length > 0
    ? 'Nothing can be said until the list of experiments can be read.'
    : 'Experiments appear here from their start to their end.';
}

function barOf({ model, filter, rules }: EnrollmentsView): SafeHtml {
  const apps = [...new Set(model.experiments.map(({ application }) => application))].toSorted();
  const states = EXPERIMENT_STATES.map((state): Choice => [state, STATE_WORDS[state]]);
  return html`<form class="bar" method="get" action="/enrollments">
    ${select('app', 'Application', filter.app, named(apps))}
    ${select('rule', 'Failing rule', filter.rule, named(rules))} ${select('state', 'State', filter.state, states)}
    <label>Find <input name="q" type="search" value="${filter.q ?? ''}" spellcheck="false" autocomplete="off" /></label>
    <button>Show</button>
  </form>`;
}

type Choice = readonly [value: string, text: string];

function named(names: readonly string[]): Choice[] {
  return names.map((name) => [name, name]);
}

function select(name: string, title: string, chosen: string | undefined, choices: readonly Choice[]): SafeHtml {
  const options = [['', 'any'] as const, ...choices].map(([value, text]) =>
    value === (chosen ?? '')
      ? html`<option value="${value}" selected>${text}</option>`
      : html`<option value="${value}">${text}</option>`,
  );
  return html`<label
    >${title}
    <select name="${name}">
      ${options}
    </select></label
  >`;
}

function table(experiments: readonly ExperimentEnrollment[]): SafeHtml {
  return headedTable({
    caption: 'Live experiments',
    hasHiddenCaption: true,
    columns: [
      'Experiment',
      numeric('Days'),
      numeric('Enrolled'),
      numeric('Unenrolled'),
      'Branches: share (expected)',
      'Worst rule',
    ],
    body: experiments.map(rowOf),
  });
}

function rowOf(experiment: ExperimentEnrollment): SafeHtml {
  const { slug, application, days, enrolled, unenrolledShare, branches } = experiment;
  return html`<tr>
    <th scope="row">
      <a href="${enrollmentsLink(slug)}">${slug}</a>
      <p class="note">${application}</p>
    </th>
    <td class="number" data-name="days">${exactText(days)}</td>
    <td class="number" data-name="enrolled">${enrolled === null ? '–' : countElement(enrolled)}</td>
    <td class="number" data-name="unenrolled">${unenrolledShare === null ? '–' : shareText(unenrolledShare)}</td>
    <td>${branches.length === 0 ? 'no counts' : branchList(branches)}</td>
    <td data-name="worst rule">${worstOf(experiment)}</td>
  </tr>`;
}

function worstOf({ worst, state, rules }: ExperimentEnrollment): SafeHtml {
  const unknown = rules.filter((rule) => rule.state === 'no_data').length;
  const rest = unknown === 0 ? undefined : html`<p class="note">${countOf(unknown, 'rule')} cannot be computed</p>`;
  if (worst === null) return html`${state === 'no_counts' ? 'no counts' : 'none fails'} ${rest}`;
  return html`${severityElement(worst.severity)} ${worst.rule.id} ${worst.rule.title}
    <p class="note">${worst.formula ?? ''}</p>
    ${rest}`;
}
