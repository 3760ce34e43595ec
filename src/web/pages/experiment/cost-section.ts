/** What the experiment cost in the last 30 days. */
import type { Part } from '../../part.ts';
import { bytesText, countElement, usdText } from '../../text/numbers.ts';
import { timeElement } from '../../text/times.ts';
import { html, type SafeHtml } from '../../views/html.ts';
import { missingPart, troubleOf } from './missing-part.ts';
import type { TableCost } from './source.ts';
import { headedTable, numeric } from '../../frame/table.ts';

const OPEN_ROWS = 8;

export function costSection(part: Part<readonly TableCost[]>, now: number): SafeHtml {
  return html`<section id="cost" aria-labelledby="cost-title">
    <h2 id="cost-title">Cost</h2>
    ${part.kind === 'unread' ? missingPart(part.problem) : costBlock(part.value, part.at, now)} ${troubleOf(part)}
  </section>`;
}

/** The sum of the costs of one kind. */
export function costOf(costs: readonly TableCost[], wanted: TableCost['kind']): number {
  return costs.filter(({ kind }) => kind === wanted).reduce((sum, { usd }) => sum + usd, 0);
}

function costBlock(costs: readonly TableCost[], at: number, now: number): SafeHtml {
  if (costs.length === 0) return html`<p>No query of this experiment was paid for in the last 30 days.</p>`;
  const others = costs.slice(OPEN_ROWS);
  return html`<p>
      ${usdText(costOf(costs, 'analysis'))} for the analysis and ${usdText(costOf(costs, 'contrail'))} for Contrail in
      the last 30 days, at list prices.
      <span class="sub">Read ${timeElement(at, { now })}; the analysis is known a day later.</span>
    </p>
    ${costTable(costs.slice(0, OPEN_ROWS), 'The dearest tables')}
    ${
      others.length === 0
        ? html``
        : html`<details>
            <summary>${others.length} more</summary>
            ${costTable(others, 'Other tables')}
          </details>`
    }`;
}

function costTable(costs: readonly TableCost[], caption: string): SafeHtml {
  return headedTable({
    caption: caption,
    columns: ['Table', 'Kind', numeric('Cost'), numeric('Queries'), numeric('Bytes')],
    body: costs.map(
      ({ kind, table, usd, queries, bytes }) =>
        html`<tr>
          <th scope="row">${table}</th>
          <td data-name="Kind">${kind === 'analysis' ? 'analysis' : 'Contrail'}</td>
          <td data-name="Cost" class="number">${usdText(usd)}</td>
          <td data-name="Queries" class="number">${countElement(queries)}</td>
          <td data-name="Bytes" class="number">${bytesText(bytes)}</td>
        </tr>`,
    ),
  });
}
