/** The form that narrows the errors down. */
import { ERROR_CATEGORIES } from '../../../domain/error-category.ts';
import { RANGE_NAMES, type TimeRange } from '../../time-range.ts';
import { html, type SafeHtml } from '../../views/html.ts';
import { categoryText } from './category-mark.ts';
import { type ErrorsParameters, filterParameters, LOG_LEVELS, LOG_SOURCES } from './errors-parameters.ts';
import { addressOf } from '../../parameters.ts';

export function filterBar(parameters: ErrorsParameters, range: TimeRange): SafeHtml {
  const { category, level, experiment, source, metric, q } = parameters;
  const given = filterParameters(parameters);
  const csv = addressOf('/api/v1/errors.csv', { ...given, group: parameters.group });
  const moment = addressOf('/errors', { ...given, range: undefined, ...range.absolute, group: parameters.group });
  return html`<form class="bar" method="get" action="/errors">
      ${range.name === undefined ? absoluteRange(range) : undefined}
      ${choice({ name: 'range', label: 'Range', values: RANGE_NAMES, chosen: range.name, any: range.name === undefined ? 'as given' : undefined })}
      ${choice({ name: 'category', label: 'Category', values: ERROR_CATEGORIES, chosen: category, any: 'all', textOf: categoryText })}
      ${choice({ name: 'level', label: 'Level', values: LOG_LEVELS, chosen: level, any: 'all' })}
      ${choice({ name: 'source', label: 'Source', values: LOG_SOURCES, chosen: source, any: 'all' })}
      ${field('experiment', 'Experiment', experiment)} ${field('metric', 'Metric', metric)}
      ${field('q', 'Find words', q, 'search')}
      <button>Show</button>
    </form>
    <p class="note"><a href="${csv}">CSV</a> · <a href="${moment}">Link to this moment</a></p>`;
}

/** Kept when the form is sent. */
function absoluteRange({ absolute }: TimeRange): SafeHtml {
  return html`${field('from', 'From (UTC)', absolute.from)}${field('to', 'To', absolute.to)}`;
}

interface Choice {
  readonly name: string;
  readonly label: string;
  readonly values: readonly string[];
  readonly chosen: string | undefined;
  /** The text of the choice of all; undefined: one must be chosen. */
  readonly any?: string | undefined;
  readonly textOf?: (value: string) => string;
}

function choice({ name, label, values, chosen, any, textOf = (value) => value }: Choice): SafeHtml {
  const options = values.map((value) =>
    value === chosen
      ? html`<option value="${value}" selected>${textOf(value)}</option>`
      : html`<option value="${value}">${textOf(value)}</option>`,
  );
  return html`<label
    >${label}
    <select name="${name}">
      ${any === undefined ? undefined : html`<option value="">${any}</option>`} ${options}
    </select></label
  >`;
}

function field(name: string, label: string, value: string | undefined, type = 'text'): SafeHtml {
  return html`<label
    >${label}
    <input name="${name}" type="${type}" value="${value ?? ''}" maxlength="200" autocomplete="off" spellcheck="false"
  /></label>`;
}
