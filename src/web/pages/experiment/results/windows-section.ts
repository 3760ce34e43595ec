/** How results went from window to window. */
import type { ExperimentResults } from '../../../../domain/results/experiment-results.ts';
import { resultsOf } from '../../../../domain/results/experiment-results.ts';
import { type MetricSeries, metricSeries } from '../../../../domain/results/window-series.ts';
import { plotFigure } from '../../../plots/render-plot.ts';
import { html, type SafeHtml } from '../../../views/html.ts';
import { branchNames, type LoadedResults } from './load-results.ts';
import type { PlotBudget } from './plot-budget.ts';
import { upliftWords, windowText } from './texts.ts';
import { windowFigure } from './window-plot.ts';
import { headedTable } from '../../../frame/table.ts';

const MOST_METRICS = 12;

/** Undefined where the period has one window. */
export function windowsSection(
  loaded: LoadedResults,
  results: ExperimentResults,
  budget: PlotBudget,
): SafeHtml | undefined {
  const { choice, choices } = results;
  if (choices.windows.length < 2) return undefined;
  const all = resultsOf(results);
  const series = all
    .slice(0, MOST_METRICS)
    .flatMap((result) => metricSeries(result, { choice, indexes: loaded.indexes }) ?? []);
  if (series.length === 0) return undefined;
  const branches = branchNames(loaded);
  const figures = series.map((one) => {
    const below = windowsTable(one);
    if (!budget.take())
      return html`<h3>${one.result.name}</h3>
        ${below}`;
    const figure = windowFigure(one, { branches, against: choice.against });
    return plotFigure({ ...figure, caption: captionOf(one), below });
  });
  const left = all.length - MOST_METRICS;
  return html`<section id="windows">
    <h2>Windows</h2>
    <p class="note">
      Relative uplift by
      window${choice.against === null ? '' : `, compared with ${choice.against}`}.${left > 0 ? ` ${left} more metrics: choose one in the numbers above.` : ''}
    </p>
    ${figures}
  </section>`;
}

function captionOf({ result: { name, statistic, biggerIsBetter } }: MetricSeries): string {
  return `${name}${biggerIsBetter === false ? ' (lower is better)' : ''}, ${statistic}`;
}

function windowsTable({ result, series }: MetricSeries): SafeHtml {
  const windows = series[0]?.points.map(({ window }) => window) ?? [];
  return html`<details>
    <summary>Numbers (${windows.length} windows)</summary>
    ${headedTable({
      caption: html`${result.name}: relative uplift`,
      columns: ['Window', ...series.map(({ branch }) => branch)],
      body: windows.map(
        (window, index) =>
          html`<tr>
            <th scope="row">${windowText(result.source, window)}</th>
            ${series.map(({ points }) => upliftCell(points[index]?.uplift ?? null))}
          </tr>`,
      ),
      className: '',
    })}
  </details>`;
}

function upliftCell(uplift: Parameters<typeof upliftWords>[0]): SafeHtml {
  const { point, interval } = upliftWords(uplift);
  return uplift === null ? html`<td>no row</td>` : html`<td>${point} (${interval})</td>`;
}
