/** Rows by day and category, as a plot with a table. */
import * as Plot from '@observablehq/plot';
import { formatDay } from '../../../domain/age-text.ts';
import { plotFigure, type PlotSize } from '../../plots/render-plot.ts';
import { countOf, countText } from '../../text/numbers.ts';
import { html, type SafeHtml } from '../../views/html.ts';
import { CATEGORY_COLOURS, categoryKey, categoryText } from './category-mark.ts';
import { categoriesOf, type DayOfErrors, PLOTTED_CATEGORIES, plottedRows } from './errors-model.ts';
import { bareTable, numeric } from '../../frame/table.ts';

const MOST_TICKS: Readonly<Record<PlotSize, number>> = { wide: 14, narrow: 4 };

export function daysView(days: readonly DayOfErrors[]): SafeHtml {
  const total = days.reduce((sum, { rows }) => sum + rows, 0);
  const bars = barsOf(days);
  const present = PLOTTED_CATEGORIES.filter((category) => bars.some((bar) => bar.category === category));
  return plotFigure({
    label: `Rows per day by category: ${countOf(total, 'row')} in ${countOf(days.length, 'day')}.`,
    caption: html`Rows per day (UTC) by category. ${present.map(categoryKey)}`,
    draw: (width, size) => drawing(days, { bars, width, size }),
    below: daysTable(days),
  });
}

interface Bar {
  readonly day: string;
  readonly category: (typeof PLOTTED_CATEGORIES)[number];
  readonly rows: number;
}

/** One for each day and category with rows. */
export function barsOf(days: readonly DayOfErrors[]): Bar[] {
  return days.flatMap((day) =>
    PLOTTED_CATEGORIES.map((category) => ({ day: day.day, category, rows: plottedRows(day, category) })).filter(
      ({ rows }) => rows > 0,
    ),
  );
}

function drawing(
  days: readonly DayOfErrors[],
  { bars, width, size }: { readonly bars: readonly Bar[]; readonly width: number; readonly size: PlotSize },
): Plot.PlotOptions {
  const step = Math.ceil(days.length / MOST_TICKS[size]);
  const ticks = days.map(({ day }) => day).filter((_, index) => (days.length - 1 - index) % step === 0);
  return {
    width,
    height: size === 'narrow' ? 160 : 200,
    marginLeft: 44,
    marginRight: 12,
    x: { type: 'band', domain: days.map(({ day }) => day), label: null, ticks, tickFormat: dayLabel, padding: 0.15 },
    y: { label: null, ticks: 4, tickFormat: (count: number) => (Number.isInteger(count) ? countText(count) : '') },
    color: { domain: [...PLOTTED_CATEGORIES], range: PLOTTED_CATEGORIES.map((category) => CATEGORY_COLOURS[category]) },
    marks: [
      Plot.gridY({ ticks: 4, stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.barY(bars, { x: 'day', y: 'rows', fill: 'category', order: [...PLOTTED_CATEGORIES] }),
      Plot.ruleY([0], { stroke: 'var(--edge)' }),
    ],
  };
}

/** `8 Jan` */
function dayLabel(day: string): string {
  return formatDay(Date.parse(day)).replace(/ \d{4}$/, '');
}

function daysTable(days: readonly DayOfErrors[]): SafeHtml {
  const categories = categoriesOf(days);
  const rows = days.toReversed().map(
    ({ day, byCategory, critical, warnings }) =>
      html`<tr>
        <th scope="row"><time datetime="${day}">${day}</time></th>
        ${categories.map((category) => html`<td class="number">${countText(byCategory.get(category) ?? 0)}</td>`)}
        <td class="number">${countText(critical)}</td>
        <td class="number">${countText(warnings)}</td>
      </tr>`,
  );
  const numbersTable = bareTable({
    caption: 'Rows by day and category. Critical rows and warnings are counted as on the errors dashboard.',
    columns: [
      'Day (UTC)',
      ...categories.map((category) => numeric(categoryText(category))),
      numeric('critical'),
      numeric('warnings'),
    ],
    body: rows,
    className: '',
  });
  return html`<details>
    <summary>Numbers by day</summary>
    <div class="table" id="days" tabindex="0" role="region" aria-label="Rows by day and category">${numbersTable}</div>
  </details>`;
}
