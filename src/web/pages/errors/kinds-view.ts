/** Kinds of messages as a table, with a strip of the last two weeks. */
import { MICROS_PER_MS } from '../../../domain/utc-time.ts';
import { addressOf } from '../../parameters.ts';
import { countElement, countOf, countText } from '../../text/numbers.ts';
import { timeElement } from '../../text/times.ts';
import { html, type SafeHtml } from '../../views/html.ts';
import { type ErrorKind, isNewKind } from './error-kinds.ts';
import { type ErrorsParameters, filterParameters } from './errors-parameters.ts';
import { experimentMark } from './experiment-mark.ts';
import { headedTable, numeric } from '../../frame/table.ts';

const MOST_KINDS = 25;
const NAMED_EXPERIMENTS = 3;

export interface KindsView {
  readonly kinds: readonly ErrorKind[];
  /** All rows of the selection, if they are known. */
  readonly rows: number | undefined;
  readonly parameters: ErrorsParameters;
  readonly now: number;
}

export function kindsView({ kinds, rows, parameters, now }: KindsView): SafeHtml {
  const shown = kinds.slice(0, MOST_KINDS);
  const shownRows = shown.reduce((sum, kind) => sum + kind.rows, 0);
  const rest = (rows ?? shownRows) - shownRows;
  const list = headedTable({
    caption: 'Messages alike, the critical ones first. Numbers, names and quoted text stand as “…”.',
    columns: ['Message', numeric('Rows'), 'Experiments', 'First', 'Last', '14 days'],
    body: shown.map((kind) => kindRow(kind, parameters, now)),
    id: 'kinds',
  });
  return html`${list}
  ${rest > 0 ? html`<p class="note">${countOf(rest, 'row')} of other kinds are not listed; choose a category or words to see them.</p>` : undefined}`;
}

function kindRow(kind: ErrorKind, parameters: ErrorsParameters, now: number): SafeHtml {
  const { id, exceptionType, shape, rows, critical, first, last, days } = kind;
  const address = addressOf('/errors', { ...filterParameters(parameters), group: id }, 'rows');
  const marks = [
    ...(critical > 0 ? [html`<span class="failed">critical</span> · `] : []),
    ...(isNewKind(kind, now) ? [html`<strong>new</strong> · `] : []),
    ...(exceptionType === null ? [] : [html`${exceptionType}: `]),
  ];
  return html`<tr>
    <th scope="row">${marks}<a href="${address}">${shape === '' ? '(no message)' : shape}</a></th>
    <td class="number" data-name="Rows">${countElement(rows)}</td>
    <td class="slugs" data-name="Experiments">${experimentsCell(kind.experiments)}</td>
    <td class="time" data-name="First">${timeElement(first / MICROS_PER_MS, { now })}</td>
    <td class="time" data-name="Last">${timeElement(last / MICROS_PER_MS, { now })}</td>
    <td data-name="14 days">${strip(days)}</td>
  </tr>`;
}

function experimentsCell(experiments: readonly string[]): SafeHtml {
  if (experiments.length === 0) return html`–`;
  const named = experiments
    .slice(0, NAMED_EXPERIMENTS)
    .map((slug, index) => [index === 0 ? '' : ', ', experimentMark(slug)]);
  const more = experiments.length - NAMED_EXPERIMENTS;
  return html`${named}${more > 0 ? ` and ${countText(more)} more` : ''}`;
}

const HEIGHT = 20;
const STEP = 6;

/** Small bars, the highest of which is as high as the row. */
export function strip(days: readonly number[]): SafeHtml {
  const highest = Math.max(1, ...days);
  const bars = days.map((rows, index) => {
    const height = rows === 0 ? 1 : Math.max(2, Math.round((rows / highest) * HEIGHT));
    const colour = rows === 0 ? 'var(--line)' : 'var(--accent)';
    return html`<rect
      x="${index * STEP}"
      y="${HEIGHT - height}"
      width="${STEP - 1}"
      height="${height}"
      fill="${colour}"
    />`;
  });
  const width = days.length * STEP;
  const label = `Rows per day, the newest last: ${days.map(countText).join(', ')}`;
  return html`<svg
    role="img"
    aria-label="${label}"
    width="${width}"
    height="${HEIGHT}"
    viewBox="0 0 ${width} ${HEIGHT}"
  >
    ${bars}
  </svg>`;
}
