/** `/errors/:id`: one row of the logs with all its columns. */
import { type FoundLogRow, LOG_TEXT_COLUMNS } from '../../../domain/logs/log-questions.ts';
import { MICROS_PER_MS } from '../../../domain/utc-time.ts';
import type { Page } from '../../frame/page.ts';
import { addressOf } from '../../parameters.ts';
import { timeElement } from '../../text/times.ts';
import { html, type SafeHtml, type Value } from '../../views/html.ts';
import { categoryText } from './category-mark.ts';
import { experimentMark } from './experiment-mark.ts';

const HOUR_MS = 3_600_000;
const LONGEST_HEADLINE = 200;

export function errorPage(rows: readonly [FoundLogRow, ...FoundLogRow[]], now: number): Page {
  const [row] = rows;
  const at = row.at / MICROS_PER_MS;
  const { message, experiment, exception } = row.columns;
  const lines = LOG_TEXT_COLUMNS.filter((column) => column !== 'exception').map((column) => {
    const text = row.columns[column];
    return line(column, column === 'experiment' && text !== null ? experimentMark(text) : (text ?? '–'));
  });
  const copies = rows.length === 1 ? undefined : html`<p class="note">The logs have this row ${rows.length} times.</p>`;
  return {
    headline: shortened(message === null || message === '' ? 'A row without a message' : message),
    title: 'Error',
    section: '/errors',
    sub: html`${row.isCritical ? html`<span class="failed">critical</span>, ` : row.isWarning ? 'warning, ' : ''}${categoryText(row.category)},
    ${timeElement(at, { now })}`,
    body: html`${copies}
      <table class="cards">
        <caption class="hidden">
          Columns of the row
        </caption>
        <tbody>
          ${line('timestamp', timeElement(at, { now, as: 'moment' }))} ${lines}
        </tbody>
      </table>
      <h2>Exception</h2>
      ${exception === null || exception === '' || exception === 'None' ? html`<p class="empty">None.</p>` : html`<pre>${exception}</pre>`}
      <p>${links(experiment, at)}</p>`,
  };
}

/** When the logs do not answer. */
export function unreadPage(problem: string, address: string): Page {
  const body = html`<p>${problem} <a href="${address}">Try again</a></p>`;
  return { headline: 'The logs did not answer', title: 'Error', section: '/errors', body };
}

function line(name: string, value: Value): SafeHtml {
  return html`<tr>
    <th scope="row">${name}</th>
    <td>${value}</td>
  </tr>`;
}

function shortened(text: string): string {
  const characters = Array.from(text);
  return characters.length <= LONGEST_HEADLINE ? text : `${characters.slice(0, LONGEST_HEADLINE).join('')}…`;
}

function links(experiment: string | null, at: number): SafeHtml {
  const around = { from: new Date(at - HOUR_MS).toISOString(), to: new Date(at + HOUR_MS).toISOString() };
  const here = addressOf('/errors', { ...around, experiment: experiment ?? undefined });
  return html`<a href="${here}">Errors around this time</a
    >${experiment === null ? undefined : html` · <a href="${addressOf('/errors', { experiment })}">Errors of this experiment</a>`}`;
}
