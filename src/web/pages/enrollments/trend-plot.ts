/** Enrollments and unenrollments per day, as bars above and below zero, with the table of their numbers. */
import * as Plot from '@observablehq/plot';
import type { TrendDay } from '../../../alerts/enrollment-trend.ts';
import { plotFigure } from '../../plots/render-plot.ts';
import { exactText } from '../../text/numbers.ts';
import { html, type SafeHtml } from '../../views/html.ts';
import { headedTable, numeric } from '../../frame/table.ts';

export function trendFigure(slug: string, trend: readonly TrendDay[]): SafeHtml {
  const known = trend.flatMap(({ day, enrolled, unenrolled }) =>
    enrolled === null || unenrolled === null
      ? []
      : [{ day: new Date(`${day}T00:00:00Z`), enrolled, unenrolled: -unenrolled }],
  );
  const days = trend.map(({ day }) => new Date(`${day}T00:00:00Z`));
  return plotFigure({
    label: `Enrollments and unenrollments of ${slug} per day`,
    caption: 'Clients per day: enrolled above zero, unenrolled below',
    draw: (_width, size) => ({
      height: 180,
      marginLeft: 56,
      x: {
        type: 'band',
        domain: days,
        tickFormat: dayTick,
        label: null,
        ticks: everyNth(days, size === 'wide' ? 14 : 4),
      },
      y: { label: null, grid: true, ticks: 4 },
      marks: [
        Plot.barY(known, { x: 'day', y: 'enrolled', fill: 'var(--branch-1)' }),
        Plot.barY(known, { x: 'day', y: 'unenrolled', fill: 'var(--worse)' }),
        Plot.ruleY([0], { stroke: 'var(--edge)' }),
      ],
    }),
    below: trendTable(trend),
  });
}

function everyNth(days: readonly Date[], most: number): Date[] {
  const step = Math.ceil(days.length / most);
  return days.filter((_, at) => (days.length - 1 - at) % step === 0);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function dayTick(day: Date): string {
  return `${day.getUTCDate()} ${MONTHS[day.getUTCMonth()]}`;
}

function trendTable(trend: readonly TrendDay[]): SafeHtml {
  return html`<details>
    <summary>Numbers</summary>
    ${headedTable({
      caption: 'Enrollments per day',
      hasHiddenCaption: true,
      columns: ['Day', numeric('Enrolled'), numeric('Unenrolled')],
      body: trend.toReversed().map(
        ({ day, enrolled, unenrolled, reason }) =>
          html`<tr>
            <th scope="row"><time datetime="${day}">${day}</time></th>
            ${
              enrolled === null || unenrolled === null
                ? html`<td colspan="2">unknown: ${reason ?? ''}</td>`
                : html`<td class="number">${exactText(enrolled)}</td>
                    <td class="number">${exactText(unenrolled)}</td>`
            }
          </tr>`,
      ),
      className: '',
    })}
  </details>`;
}
