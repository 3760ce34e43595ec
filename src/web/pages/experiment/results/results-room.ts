/** The results as a section of the page of an experiment. Rendered ones are kept while their files stay the same. */
import type { Experiment } from '../../../../domain/experiment.ts';
import { html, type SafeHtml } from '../../../views/html.ts';
import { distributionMetrics, type ShownDistribution } from './distributions-section.ts';
import { type LoadedResults, loadResults } from './load-results.ts';
import { ResultsParameters } from './parameters.ts';
import { resultsSection } from './results-section.ts';
import type { ResultsSource } from './source.ts';

export interface SectionRequest {
  readonly page: { readonly slug: string; readonly experiment: Experiment | undefined };
  /** As parsed by the parameters of the section. */
  readonly query: Readonly<Record<string, unknown>>;
}

const MOST_KEPT = 64;

export function resultsRoom(source: ResultsSource) {
  const kept = new Map<string, SafeHtml>();

  return {
    parameters: ResultsParameters,
    section: async ({ page, query }: SectionRequest, signal: AbortSignal): Promise<SafeHtml> => {
      const { slug, experiment: record } = page;
      const parameters = ResultsParameters.parse(textsOf(query));
      const part = await loadResults(source, { slug, record }, { parameters, signal });
      if (part.kind === 'unread') return unread(part.problem);
      const key = keyOf(part.value, { slug, parameters });
      const known = key === undefined ? undefined : kept.get(key);
      if (known !== undefined && key !== undefined) keep(key, known);
      if (known !== undefined) return known;
      const distribution = await readDistribution(part.value, parameters, signal);
      const section = resultsSection(part.value, { slug, parameters, distribution });
      if (key !== undefined && distribution?.rows.kind !== 'unread') keep(key, section);
      return section;
    },
  };

  /** Of the metric that is asked for, or of the first that has some. */
  async function readDistribution(
    loaded: LoadedResults,
    parameters: ResultsParameters,
    signal: AbortSignal,
  ): Promise<ShownDistribution | undefined> {
    const { results, file } = loaded;
    if (results === undefined || file === undefined) return undefined;
    const metrics = distributionMetrics(loaded, results);
    const metric = parameters.metric === undefined ? metrics[0] : metrics.find((name) => name === parameters.metric);
    if (metric === undefined) return undefined;
    const { basis, segment, window } = results.choice;
    return { metric, rows: await source.distribution(file, { basis, segment, window, metric }, signal) };
  }

  function keep(key: string, section: SafeHtml): void {
    kept.delete(key);
    kept.set(key, section);
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  }
}

function unread(problem: string): SafeHtml {
  return html`<section id="results">
    <h2>Results</h2>
    <p class="notice error">${problem}</p>
  </section>`;
}

/** Undefined if something could not be read, because the next reader may be luckier. */
function keyOf({ read }: LoadedResults, of: object): string | undefined {
  const { files, facts, problems } = read;
  if (files.some(({ content }) => content.kind === 'unread')) return undefined;
  const { branches, referenceBranch, outcomes, metrics, firstErrors } = facts;
  const generations = files.map(({ object, generation }) => [object, generation]);
  return JSON.stringify([
    of,
    generations,
    problems,
    branches,
    referenceBranch,
    outcomes,
    [...metrics],
    [...firstErrors],
  ]);
}

/** The window is a number by now. */
function textsOf(query: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, typeof value === 'number' ? String(value) : value]),
  );
}
