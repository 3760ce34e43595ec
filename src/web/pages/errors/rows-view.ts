/** Rows of the logs as a table; the exception is folded. */
import type { FoundLogRow } from '../../../domain/logs/log-questions.ts';
import { MICROS_PER_MS } from '../../../domain/utc-time.ts';
import { timeElement } from '../../text/times.ts';
import { html, type SafeHtml } from '../../views/html.ts';
import { categoryText } from './category-mark.ts';
import { experimentMark } from './experiment-mark.ts';
import { errorId } from './find-error.ts';
import { headedTable } from '../../frame/table.ts';

export function errorLink(row: Pick<FoundLogRow, 'at' | 'fingerprint'>): string {
  return `/errors/${errorId(row)}`;
}

export function rowsView(rows: readonly FoundLogRow[], now: number): SafeHtml {
  return headedTable({
    caption: 'The newest rows first',
    columns: ['Time', 'Level', 'Category', 'Experiment', 'Message'],
    body: rows.map((row) => rowOf(row, now)),
    id: 'newest',
  });
}

function rowOf(row: FoundLogRow, now: number): SafeHtml {
  const { experiment, message, log_level: level, exception_type: type, exception, metric } = row.columns;
  const about = [type, metric === null ? null : `metric ${metric}`].filter((part) => part !== null).join(' · ');
  return html`<tr>
    <td class="time" data-name="Time">${timeElement(row.at / MICROS_PER_MS, { now })}</td>
    <td class="word" data-name="Level">
      ${row.isCritical ? html`<span class="failed">critical</span>` : (level ?? '–')}
    </td>
    <td class="word" data-name="Category">${categoryText(row.category)}</td>
    <td class="slugs" data-name="Experiment">${experiment === null ? '–' : experimentMark(experiment)}</td>
    <td data-name="Message">
      <a href="${errorLink(row)}">${beginning(message)}</a>
      ${about === '' ? undefined : html`<div class="note">${about}</div>`} ${exceptionView(exception)}
    </td>
  </tr>`;
}

const SHOWN_CHARACTERS = 300;

/** The row's own page has it all. */
function beginning(message: string | null): string {
  if (message === null || message === '') return '(no message)';
  const characters = Array.from(message);
  return characters.length <= SHOWN_CHARACTERS ? message : `${characters.slice(0, SHOWN_CHARACTERS).join('')}…`;
}

/** The text `None` stands for no exception. */
export function exceptionView(exception: string | null): SafeHtml | undefined {
  if (exception === null || exception === '' || exception === 'None') return undefined;
  return html`<details>
    <summary>Exception</summary>
    <pre>${exception}</pre>
  </details>`;
}
