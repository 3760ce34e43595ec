/** A group of metrics: its plots, what the console says differently, the numbers, descriptions. */
import type { ResultGroup } from '../../../../domain/results/result-groups.ts';
import { plotFigure } from '../../../plots/render-plot.ts';
import { html, type SafeHtml } from '../../../views/html.ts';
import { forestFigure, forestLines, groupScale } from './forest-plot.ts';
import { numbersTable } from './numbers-table.ts';
import type { PlotBudget } from './plot-budget.ts';

export interface GroupViewOptions {
  readonly metricAddress: (metric: string) => string;
  readonly budget: PlotBudget;
}

export function groupView(group: ResultGroup, { metricAddress, budget }: GroupViewOptions): SafeHtml {
  const { key, title, metrics, listedAbove } = group;
  const scale = groupScale(metrics);
  const plots = forestLines(metrics).filter(() => budget.take());
  const hasPlots = plots.length > 0;
  const above = [...new Set(listedAbove.map(({ name }) => name))];
  return html`<section id="group-${key}">
    <h3>${title}</h3>
    ${above.length === 0 ? undefined : html`<p class="note">Above, under notable changes: ${above.join(', ')}.</p>`}
    ${plots.map((lines) => plotFigure(forestFigure(title, lines, scale)))} ${consoleWords(group)}
    ${metrics.length === 0 ? undefined : numbersTable({ title, metrics, metricAddress, isOpen: !hasPlots })}
    ${descriptions(group)}
  </section>`;
}

function consoleWords({ metrics }: ResultGroup): SafeHtml | undefined {
  const words = metrics.flatMap(({ name, lines, arrowNote }) => [
    ...lines.flatMap(({ branch, consoleDiffers }) =>
      consoleDiffers === null ? [] : [html`<li>${name}, ${branch}: ${consoleDiffers}.</li>`],
    ),
    ...(arrowNote === null ? [] : [html`<li>${name}: ${arrowNote}.</li>`]),
  ]);
  if (words.length === 0) return undefined;
  return html`<details class="console">
    <summary>The console shows ${words.length} of these differently</summary>
    <ul>
      ${words}
    </ul>
  </details>`;
}

function descriptions({ metrics }: ResultGroup): SafeHtml | undefined {
  const described = new Map(
    metrics.flatMap(({ name, description }) => (description === null ? [] : [[name, description]])),
  );
  if (described.size === 0) return undefined;
  return html`<details>
    <summary>What these metrics measure</summary>
    <dl>
      ${[...described].map(
        ([name, description]) =>
          html`<dt>${name}</dt>
            <dd>${description}</dd>`,
      )}
    </dl>
  </details>`;
}
