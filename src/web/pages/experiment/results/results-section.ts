/** The results of an experiment: what the console shows, and where we read it differently. */
import { isReadPeriod } from '../../../../domain/console-rules.ts';
import type { ExperimentResults } from '../../../../domain/results/experiment-results.ts';
import { addressOf } from '../../../parameters.ts';
import { html, link, type SafeHtml } from '../../../views/html.ts';
import { experimentPath, objectPath } from '../links.ts';
import { clientsLine } from './clients-line.ts';
import { distributionMetrics, distributionsSection, type ShownDistribution } from './distributions-section.ts';
import { groupView } from './group-view.ts';
import type { LoadedResults } from './load-results.ts';
import { queryOf, type ResultsParameters } from './parameters.ts';
import { PlotBudget } from './plot-budget.ts';
import { narrowedBy, otherChoices, resultsForm } from './results-form.ts';
import { PERIOD_NAMES, windowText } from './texts.ts';
import { windowsSection } from './windows-section.ts';

export interface SectionOptions {
  readonly slug: string;
  readonly parameters: ResultsParameters;
  /** Of one metric; absent where there are none. */
  readonly distribution?: ShownDistribution | undefined;
}

/** With the windows and the distributions, which are sections of their own. */
export function resultsSection(loaded: LoadedResults, options: SectionOptions): SafeHtml {
  const { results, problems } = loaded;
  const budget = new PlotBudget();
  return html`<section id="results">
      <h2>Results</h2>
      ${problems.map((problem) => html`<p class="notice">${problem}</p>`)}
      ${results === undefined ? noResults(loaded) : shownResults(loaded, results, { ...options, budget })}
    </section>
    ${results === undefined ? undefined : windowsSection(loaded, results, budget)}
    ${results === undefined ? undefined : distributions(loaded, results, { ...options, budget })}`;
}

function noResults({ read }: LoadedResults): SafeHtml {
  const text =
    read.files.length === 0 ? 'No statistics file is published yet.' : 'None of the published files can be shown.';
  return html`<p class="empty">${text}</p>`;
}

function shownResults(
  loaded: LoadedResults,
  results: ExperimentResults,
  { slug, parameters, budget }: SectionOptions & { readonly budget: PlotBudget },
): SafeHtml {
  const path = experimentPath(slug);
  const { groups, clients } = results;
  const metricAddress = (metric: string): string => addressOf(path, { ...queryOf(parameters), metric }, 'results');
  const form = { path, parameters, results };
  return html`${resultsForm({ ...form, files: loaded.read.files })} ${narrowedBy(path, parameters)}
    <p class="note">${shownWords(results)} ${downloads(loaded, slug, parameters)}</p>
    ${clients === undefined ? undefined : clientsLine(clients)} ${notes(results)}
    ${groups.length > 1 ? groupLinks(results) : undefined}
    ${groups.map((group) => groupView(group, { metricAddress, budget }))}
    ${groups.length === 0 ? emptyResults(form) : undefined} ${undrawn(results, form)}`;
}

function distributions(
  loaded: LoadedResults,
  results: ExperimentResults,
  { slug, parameters, distribution, budget }: SectionOptions & { readonly budget: PlotBudget },
): SafeHtml | undefined {
  if (distribution === undefined) return undefined;
  const metricAddress = (metric: string): string =>
    addressOf(experimentPath(slug), { ...queryOf(parameters), outcome: undefined, metric }, 'distributions');
  const metrics = distributionMetrics(loaded, results);
  return distributionsSection(loaded, results, { shown: distribution, metrics, metricAddress, budget });
}

function shownWords({ choice }: ExperimentResults): string {
  const { period, window, segment, basis, against } = choice;
  const compared = against === null ? '' : `, compared with ${against}`;
  const unread = isReadPeriod(period) ? '' : ' The console does not read this period.';
  return `Shown: ${PERIOD_NAMES[period]}, ${windowText(period, window)}, segment ${segment}, ${basis}${compared}.${unread}`;
}

function downloads({ file }: LoadedResults, slug: string, parameters: ResultsParameters): SafeHtml {
  const api = `/api/v1/experiments/${encodeURIComponent(slug)}/results`;
  const query = queryOf(parameters);
  return html`${link(addressOf(`${api}.csv`, query), 'CSV')} · ${link(addressOf(api, query), 'JSON')}
  ${file === undefined ? undefined : html` · ${link(objectPath(file.object), 'published file')}`}`;
}

function notes({ choices, choice, absentBranches }: ExperimentResults): SafeHtml | undefined {
  const sentences = [
    ...(choices.holes.length === 0
      ? []
      : [`Without rows: ${choices.holes.map((window) => windowText(choice.period, window)).join(', ')}.`]),
    ...(absentBranches.length === 0 ? [] : [`No rows here of ${absentBranches.join(', ')}.`]),
  ];
  return sentences.length === 0 ? undefined : html`<p class="note">${sentences.join(' ')}</p>`;
}

function groupLinks({ groups }: ExperimentResults): SafeHtml {
  const links = groups.map(
    ({ key, title, metrics }) => html`<li><a href="#group-${key}">${title}</a> (${metrics.length})</li>`,
  );
  return html`<ul class="groups">
    ${links}
  </ul>`;
}

function emptyResults(form: {
  readonly path: string;
  readonly parameters: ResultsParameters;
  readonly results: ExperimentResults;
}): SafeHtml {
  const { results, parameters } = form;
  const hasRows = results.choices.statistics.length > 0;
  if (hasRows && parameters.show === 'changes') return html`<p class="empty">No metric is better or worse here.</p>`;
  return html`<p class="empty">
      ${hasRows ? 'No metric here fits what is asked for.' : 'There are no rows for this choice.'}
    </p>
    ${hasRows ? undefined : otherChoices(form)}`;
}

function undrawn(
  { undrawn: metrics, choices }: ExperimentResults,
  { path, parameters }: { readonly path: string; readonly parameters: ResultsParameters },
): SafeHtml | undefined {
  const statistics = choices.statistics.map(
    (stat, index) =>
      html`${index === 0 ? '' : ', '}${link(addressOf(path, { ...queryOf(parameters), stat }, 'results'), stat)}`,
  );
  const names = metrics.map(({ metric, statistics }) => `${metric} (${statistics.join(', ')})`);
  if (choices.statistics.length === 0) return undefined;
  return html`<details>
    <summary>Statistics</summary>
    <p>One statistic of every metric that has it: ${statistics}.</p>
    ${names.length === 0 ? undefined : html`<p>Of these metrics nothing is shown above: ${names.join(', ')}.</p>`}
  </details>`;
}
