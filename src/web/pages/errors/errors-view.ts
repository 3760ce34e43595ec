/** `/errors`: what broke, whether it is new, whose it is. */
import { MICROS_PER_MS } from '../../../domain/utc-time.ts';
import { emptyBlock, partialBlock } from '../../frame/blocks.ts';
import type { Page } from '../../frame/page.ts';
import { addressOf } from '../../parameters.ts';
import { type Part, valueOf } from '../../part.ts';
import { countOf } from '../../text/numbers.ts';
import { timeElement } from '../../text/times.ts';
import { rangeText, type TimeRange } from '../../time-range.ts';
import { html, type SafeHtml, type Value } from '../../views/html.ts';
import { daysView } from './days-view.ts';
import { daysOfErrors, errorsHeadline, sumErrors } from './errors-model.ts';
import { type ErrorsParameters, filterParameters } from './errors-parameters.ts';
import { LOGS_NAME } from './errors-source.ts';
import { filterBar } from './filter-bar.ts';
import { kindsView } from './kinds-view.ts';
import { type ErrorsReading, ROWS_PER_PAGE } from './read-errors.ts';
import { rowsView } from './rows-view.ts';

const RANGE_WORDS = { '1d': '24 hours', '7d': '7 days', '14d': '14 days', '30d': '30 days', '90d': '90 days' } as const;

export function errorsPage(reading: ErrorsReading, parameters: ErrorsParameters): Page {
  const { query, counts, recent, kinds, now } = reading;
  const { range } = query;
  const found = valueOf(counts);
  const recentCounts = valueOf(recent);
  const isEmpty = found?.length === 0;
  const headline = isEmpty
    ? `No errors in ${rangeWords(range)}`
    : errorsHeadline({
        sums: recentCounts === undefined ? undefined : sumErrors(recentCounts),
        when: query.isCurrent ? 'in the last 3 days' : 'in this range',
        kinds: query.isCurrent ? valueOf(kinds) : undefined,
        now,
      });
  return {
    headline,
    title: 'Errors',
    section: '/errors',
    sub: subLine(reading),
    bar: filterBar(parameters, range),
    body: html`${partial(reading)}${isEmpty ? emptyText(reading, parameters) : sections(reading, parameters)}`,
  };
}

function subLine({ query, counts, now }: ErrorsReading): Value {
  const found = valueOf(counts);
  const sums = found === undefined ? undefined : sumErrors(found);
  const text =
    sums === undefined
      ? ''
      : `${countOf(sums.rows, 'row')}, ${countOf(sums.critical, 'critical one')}, ${countOf(sums.warnings, 'warning')} in ${rangeWords(query.range)}. `;
  const readAt =
    counts.kind === 'read' ? html` Read from <code>${LOGS_NAME}</code> ${timeElement(counts.at, { now })}.` : '';
  return html`${text}${rangeText(query.range)}.${readAt}`;
}

function rangeWords({ name }: TimeRange): string {
  return name === undefined ? 'this range' : RANGE_WORDS[name];
}

/** The parts come from one source. */
function partial({ counts, recent, kinds, rows, now }: ErrorsReading): SafeHtml | undefined {
  const parts: readonly (readonly [string, Part<unknown>])[] = [
    ['rows by day', counts],
    ['the headline', recent],
    ['kinds of messages', kinds],
    ['the newest rows', rows],
  ];
  const states = parts.map(([name, part]) => {
    const problem = part.kind === 'unread' ? part.problem : part.trouble;
    return {
      name: `${LOGS_NAME} (${name})`,
      ...(problem === undefined ? {} : { problem: problem.replace(/\.$/, '') }),
      ...(part.kind === 'read' ? { asOf: part.at } : {}),
    };
  });
  return partialBlock(states, now);
}

function emptyText({ newest, now }: ErrorsReading, parameters: ErrorsParameters): SafeHtml {
  const last = newest === undefined ? undefined : valueOf(newest);
  const { category, level, experiment, source, metric, q } = parameters;
  const isNarrow = [category, level, experiment, source, metric, q].some((value) => value !== undefined);
  const wider = isNarrow ? html` <a href="/errors">Show all errors</a>` : '';
  const lastText =
    last === undefined
      ? 'There were none in the year before either.'
      : html`Last one ${timeElement(last / MICROS_PER_MS, { now })}.`;
  return emptyBlock(html`No rows${isNarrow ? ' that match' : ''} in this range. ${lastText}${wider}`);
}

function sections(reading: ErrorsReading, parameters: ErrorsParameters): SafeHtml {
  const { query, counts, kinds, now } = reading;
  const found = valueOf(counts);
  const known = valueOf(kinds);
  const rows = found === undefined ? undefined : sumErrors(found).rows;
  return html`${found === undefined ? undefined : daysView(daysOfErrors(found, query.range))}
  ${
    known === undefined
      ? undefined
      : html`<h2>Kinds of messages</h2>
          ${kindsView({ kinds: known, rows, parameters, now })}`
  }
  ${rowsSection(reading, parameters)}`;
}

function rowsSection({ rows, kind, kinds, now }: ErrorsReading, parameters: ErrorsParameters): SafeHtml | undefined {
  const found = valueOf(rows);
  if (found === undefined) return undefined;
  const { group, page } = parameters;
  const address = (to: number) =>
    addressOf('/errors', { ...filterParameters(parameters), group, page: to === 1 ? undefined : to }, 'rows');
  const title = group === undefined ? 'Newest rows' : 'Rows of this kind';
  const all = addressOf('/errors', filterParameters(parameters), 'rows');
  const unknown = group !== undefined && kind === undefined && kinds.kind === 'read';
  return html`<h2 id="rows">${title}</h2>
    ${group === undefined ? undefined : html`<p>${kind?.shape} <a href="${all}">Show all rows</a></p>`}
    ${
      unknown
        ? emptyBlock('This kind of message does not occur in this range with these filters.')
        : found.length === 0
          ? emptyBlock('There are no more rows.')
          : rowsView(found.slice(0, ROWS_PER_PAGE), now)
    }
    <p class="pages">
      ${page > 1 ? html`<a href="${address(page - 1)}" rel="prev">Newer</a>` : undefined}
      ${found.length > ROWS_PER_PAGE ? html`<a href="${address(page + 1)}" rel="next">Older</a>` : undefined}
    </p>`;
}
