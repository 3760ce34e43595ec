/** Published files and failed runs by hour, as a plot with a table. */
import * as Plot from '@observablehq/plot';
import { plotFigure, type PlotSize } from '../../plots/render-plot.ts';
import { countOf, countText } from '../../text/numbers.ts';
import { html, type SafeHtml } from '../../views/html.ts';
import { dayCounts, type HourCount } from './throughput.ts';
import { headedTable, numeric } from '../../frame/table.ts';

const HOUR_MS = 3_600_000;
/** On a phone an hour would be two points wide. */
const HOURS_OF_BAR: Readonly<Record<PlotSize, number>> = { wide: 1, narrow: 6 };

interface Bar {
  readonly from: Date;
  readonly to: Date;
  readonly low: number;
  readonly high: number;
  readonly end: 'published' | 'failed';
}

export function throughputView(hours: readonly HourCount[]): SafeHtml {
  const published = hours.reduce((sum, hour) => sum + hour.published, 0);
  const failed = hours.reduce((sum, hour) => sum + hour.failed, 0);
  const counts = `${countOf(published, 'file')} published, ${countOf(failed, 'run')} failed`;
  const title = html`<h2 id="throughput">Throughput</h2>`;
  if (published + failed === 0) {
    return html`<section aria-labelledby="throughput">
      ${title}
      <p class="empty">Nothing was published in the last 7 days, and no run failed.</p>
    </section>`;
  }
  return html`<section aria-labelledby="throughput">
    ${title}
    ${plotFigure({
      label: `Runs per hour of the last 7 days: ${counts}.`,
      caption: html`Runs per hour (per 6 hours on a narrow screen), 7 days, UTC: ${counts}.
        <span class="key"><span class="swatch published"></span> published</span>
        <span class="key"><span class="swatch failures"></span> failed</span>`,
      draw: (width, size) => drawing(barsOf(hours, HOURS_OF_BAR[size]), width, size),
      below: dayTable(hours),
    })}
  </section>`;
}

/** Failures stand in front, so that one of them is seen among hundreds. */
export function barsOf(hours: readonly HourCount[], width: number): Bar[] {
  const bars: Bar[] = [];
  for (let first = 0; first < hours.length; first += width) {
    const group = hours.slice(first, first + width);
    const at = group[0]?.at ?? 0;
    const failed = group.reduce((sum, hour) => sum + hour.failed, 0);
    const published = group.reduce((sum, hour) => sum + hour.published, 0);
    const of = { from: new Date(at), to: new Date(at + width * HOUR_MS) };
    if (failed > 0) bars.push({ ...of, low: 0, high: failed, end: 'failed' });
    if (published > 0) bars.push({ ...of, low: failed, high: failed + published, end: 'published' });
  }
  return bars;
}

function drawing(bars: readonly Bar[], width: number, size: PlotSize): Plot.PlotOptions {
  const isNarrow = size === 'narrow';
  return {
    width,
    height: isNarrow ? 160 : 180,
    marginLeft: 40,
    marginRight: 8,
    x: { type: 'utc', label: null, ticks: isNarrow ? 4 : 7 },
    y: { label: null, ticks: 4, tickFormat: (count: number) => (Number.isInteger(count) ? countText(count) : '') },
    color: { domain: ['published', 'failed'], range: ['var(--fresh)', 'var(--failed)'] },
    marks: [
      Plot.gridY({ ticks: 4, stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.rect(bars, { x1: 'from', x2: 'to', y1: 'low', y2: 'high', fill: 'end', inset: 0.25 }),
      Plot.ruleY([0], { stroke: 'var(--edge)' }),
    ],
  };
}

function dayTable(hours: readonly HourCount[]): SafeHtml {
  return html`<details>
    <summary>Numbers by day</summary>
    ${headedTable({
      caption: 'Published files and failed runs by day',
      hasHiddenCaption: true,
      columns: ['Day (UTC)', numeric('Published'), numeric('Failed')],
      body: dayCounts(hours).map(
        ({ day, published, failed }) =>
          html`<tr>
            <th scope="row"><time datetime="${day}">${day}</time></th>
            <td class="number">${countText(published)}</td>
            <td class="number">${countText(failed)}</td>
          </tr>`,
      ),
      className: '',
    })}
  </details>`;
}
