/** The numbers behind a plot, folded. */
import type { MetricResult, ResultLine } from '../../../../domain/results/metric-results.ts';
import { link, html, type SafeHtml } from '../../../views/html.ts';
import { estimateText, PERIOD_NAMES, readingElement, upliftWords, windowText } from './texts.ts';
import { headedTable } from '../../../frame/table.ts';

const COLUMNS = ['Uplift', 'Interval', 'Difference', 'Value', 'Compared with', 'Reading'] as const;

export interface NumbersTable {
  readonly title: string;
  readonly metrics: readonly MetricResult[];
  /** Where results of one metric are. */
  readonly metricAddress: (metric: string) => string;
  readonly isOpen: boolean;
}

export function numbersTable({ title, metrics, metricAddress, isOpen }: NumbersTable): SafeHtml {
  const rows = metrics.flatMap((result) => result.lines.map((line) => numbersRow(result, line, metricAddress)));
  const table = headedTable({
    caption: html`${title}: relative uplift, difference and values`,
    columns: ['Metric, branch', ...COLUMNS.map((name) => name)],
    body: rows,
  });
  return isOpen
    ? table
    : html`<details>
        <summary>Numbers (${rows.length})</summary>
        ${table}
      </details>`;
}

function numbersRow(result: MetricResult, line: ResultLine, metricAddress: (metric: string) => string): SafeHtml {
  const { name, metric, statistic, biggerIsBetter, baseline, source, window } = result;
  const words = upliftWords(line.uplift);
  const direction =
    biggerIsBetter === false ? ', lower is better' : biggerIsBetter === null ? ', direction unknown' : '';
  const labels = line.labels.length === 0 ? '' : `, ${line.labels.join(', ')}`;
  return html`<tr>
    <th scope="row">
      ${link(metricAddress(metric), name)}, ${line.branch}<br />
      <small class="note">${statistic}, ${PERIOD_NAMES[source]} ${windowText(source, window)}${direction}</small>
    </th>
    <td class="number" data-name="Uplift">${words.point}</td>
    <td class="number" data-name="Interval">${words.interval}</td>
    <td data-name="Difference">${estimateText(line.difference)}</td>
    <td data-name="Value">${estimateText(line.absolute)}</td>
    <td data-name="Compared with">${line.against ?? 'nothing'}: ${estimateText(baseline)}</td>
    <td data-name="Reading">${readingElement(line.reading)}${labels}</td>
  </tr>`;
}
