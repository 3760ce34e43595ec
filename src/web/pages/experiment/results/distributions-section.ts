/** Distributions of one metric: deciles, densities, cumulative shares. */
import { distributionPlots, type DistributionPlot } from '../../../../domain/results/distribution-plots.ts';
import type { DistributionRow } from '../../../../domain/results/distribution-rows.ts';
import { type ExperimentResults, resultsOf } from '../../../../domain/results/experiment-results.ts';
import { metricText } from '../../../../domain/results/results-facts.ts';
import type { Part } from '../../../part.ts';
import { plotFigure } from '../../../plots/render-plot.ts';
import { html, type SafeHtml } from '../../../views/html.ts';
import { absoluteText } from '../../../text/numbers.ts';
import { distributionFigure } from './distribution-plot.ts';
import { branchNames, type LoadedResults } from './load-results.ts';
import { branchLook } from './branch-look.ts';
import type { PlotBudget } from './plot-budget.ts';
import { upliftWords } from './texts.ts';
import { headedTable, numeric } from '../../../frame/table.ts';

/** Rows of the metric whose distributions are shown. */
export interface ShownDistribution {
  readonly metric: string;
  readonly rows: Part<readonly DistributionRow[]>;
}

/** Metrics with distributions in the shown window, those of the page's order first. */
export function distributionMetrics({ indexes }: LoadedResults, results: ExperimentResults): string[] {
  const { choice } = results;
  const known = new Set((indexes.get(choice.period)?.distributions(choice) ?? []).map(({ metric }) => metric));
  const inOrder = resultsOf(results).map(({ metric }) => metric);
  return [...new Set([...inOrder.filter((metric) => known.has(metric)), ...[...known].sort()])];
}

export interface DistributionsOptions {
  readonly shown: ShownDistribution;
  /** All metrics with distributions. */
  readonly metrics: readonly string[];
  readonly metricAddress: (metric: string) => string;
  readonly budget: PlotBudget;
}

export function distributionsSection(
  loaded: LoadedResults,
  { choice }: ExperimentResults,
  { shown, metrics, metricAddress, budget }: DistributionsOptions,
): SafeHtml {
  const { facts } = loaded.read;
  const name = metricText(shown.metric, facts).name;
  const others = metrics.filter((metric) => metric !== shown.metric);
  const branches = branchNames(loaded);
  const plots =
    shown.rows.kind === 'read' ? distributionPlots(shown.rows.value, { against: choice.against, branches }) : [];
  return html`<section id="distributions">
    <h2>Distributions</h2>
    <h3>${name}</h3>
    ${shown.rows.kind === 'unread' ? html`<p class="notice">${shown.rows.problem}</p>` : undefined}
    ${plots.map((plot) => {
      const below = html`${legend(plot, branches, choice.against)} ${distributionTable(plot, name)}`;
      if (!budget.take()) return below;
      const figure = distributionFigure(plot, { name, branches, against: choice.against });
      return plotFigure({ ...figure, caption: captionOf(plot), below });
    })}
    ${
      others.length === 0
        ? undefined
        : html`<p class="note">
            Others:
            ${others.map((metric, index) => html`${index === 0 ? '' : ', '}<a href="${metricAddress(metric)}">${metricText(metric, facts).name}</a>`)}
          </p>`
    }
  </section>`;
}

function captionOf({ statistic, kind }: DistributionPlot): string {
  return `${statistic}: ${kind === 'uplift' ? 'relative uplift at each decile, with intervals' : 'each branch'}`;
}

/** A sample of each line before its name: colour alone says nothing. */
function legend({ series }: DistributionPlot, branches: readonly string[], against: string | null): SafeHtml {
  const entries = series.map(({ branch }) => {
    const { stroke, strokeDasharray } = branchLook(branch, branches, against);
    return html`<li>
      <svg width="28" height="10" aria-hidden="true">
        <line x1="0" x2="28" y1="5" y2="5" stroke="${stroke}" stroke-width="2" stroke-dasharray="${strokeDasharray}" />
      </svg>
      ${branch}
    </li>`;
  });
  return html`<ul class="groups">
    ${entries}
  </ul>`;
}

function distributionTable({ statistic, kind, series }: DistributionPlot, name: string): SafeHtml {
  const rows = series.flatMap(({ branch, points }) =>
    points.map(
      (point) =>
        html`<tr>
          <th scope="row">${branch}</th>
          <td class="number">${absoluteText(point.parameter)}</td>
          <td class="number">
            ${kind === 'uplift' ? upliftWords({ ...point, ciWidth: null }).point : absoluteText(point.point)}
          </td>
          <td class="number">
            ${kind === 'uplift' ? upliftWords({ ...point, ciWidth: null }).interval : intervalText(point)}
          </td>
        </tr>`,
    ),
  );
  const list = headedTable({
    caption: html`${name}, ${statistic}`,
    columns: ['Branch', numeric('At'), numeric(kind === 'uplift' ? 'Uplift' : 'Value'), numeric('Interval')],
    body: rows,
    className: '',
  });
  return html`<details>
    <summary>Numbers (${rows.length})</summary>
    ${list}
  </details>`;
}

function intervalText({ lower, upper }: DistributionRow): string {
  return lower === null || upper === null ? '–' : `${absoluteText(lower)} to ${absoluteText(upper)}`;
}
