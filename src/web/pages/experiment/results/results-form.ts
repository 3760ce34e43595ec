/** The form that chooses which results are shown, and links to values that have rows. */
import { ANALYSIS_PERIODS } from '../../../../domain/analysis-period.ts';
import type { ExperimentResults } from '../../../../domain/results/experiment-results.ts';
import { ANALYSIS_BASES } from '../../../../domain/trace/inputs.ts';
import { addressOf } from '../../../parameters.ts';
import { html, link, type SafeHtml } from '../../../views/html.ts';
import { queryOf, type ResultsParameters } from './parameters.ts';
import type { ResultsFile } from './source.ts';
import { PERIOD_NAMES, windowText } from './texts.ts';

export interface FormOptions {
  readonly path: string;
  readonly parameters: ResultsParameters;
  readonly results: ExperimentResults;
  readonly files: readonly ResultsFile[];
}

type Option = readonly [value: string, name: string];

/** Without JavaScript the button sends it. Choices that are one are not offered. */
export function resultsForm({ path, parameters, results, files }: FormOptions): SafeHtml {
  const { choice, choices } = results;
  const published = ANALYSIS_PERIODS.filter((period) => files.some((file) => file.period === period));
  const windows = withChosen(choices.windows, choice.window ?? undefined).toSorted((a, b) => a - b);
  const { metric, stat, outcome } = parameters;
  return html`<form class="bar" method="get" action="${path}#results">
    ${select(
      'period',
      'Period',
      choice.period,
      withChosen(published, choice.period).map((period) => [period, PERIOD_NAMES[period]]),
    )}
    ${select(
      'window',
      'Window',
      choice.window === null ? '' : String(choice.window),
      windows.map((window) => [String(window), windowText(choice.period, window)]),
    )}
    ${select('segment', 'Segment', choice.segment, named(withChosen(choices.segments, choice.segment)))}
    ${select('basis', 'Basis', choice.basis, named(ANALYSIS_BASES))}
    ${choice.against === null ? undefined : select('against', 'Against', choice.against, named(withChosen(choices.against, choice.against)))}
    ${select('show', 'Show', parameters.show ?? 'all', [
      ['all', 'all, changes first'],
      ['changes', 'changes only'],
    ])}
    ${Object.entries({ metric, stat, outcome }).map(([name, value]) =>
      value === undefined ? undefined : html`<input type="hidden" name="${name}" value="${value}" />`,
    )}
    <button>Show</button>
  </form>`;
}

/** What narrows the page, with a link to it without that. */
export function narrowedBy(path: string, parameters: ResultsParameters): SafeHtml | undefined {
  const { metric, stat, outcome } = parameters;
  const parts = Object.entries({ metric, stat, outcome }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} ${value}`],
  );
  if (parts.length === 0) return undefined;
  const all = addressOf(
    path,
    { ...queryOf(parameters), metric: undefined, stat: undefined, outcome: undefined },
    'results',
  );
  return html`<p class="note">Only ${parts.join(', ')}. ${link(all, 'Show all')}</p>`;
}

/** For a choice without rows: values that have some. */
export function otherChoices({ path, parameters, results }: Omit<FormOptions, 'files'>): SafeHtml {
  const { choices, choice } = results;
  const lists: readonly (readonly [string, readonly (string | number)[]])[] = [
    ['period', choices.periods],
    ['window', choices.windows],
    ['segment', choices.segments],
    ['basis', choices.bases],
  ];
  const lines = lists.flatMap(([name, values]) => {
    const links = values
      .filter((value) => value !== choice[name as 'period' | 'window' | 'segment' | 'basis'])
      // The window of another period need not exist there.
      .map((value) =>
        link(
          addressOf(
            path,
            { ...queryOf(parameters), ...(name === 'window' ? {} : { window: undefined }), [name]: value },
            'results',
          ),
          String(value),
        ),
      );
    return links.length === 0
      ? []
      : [html`<li>${name}: ${links.map((one, index) => html`${index === 0 ? '' : ', '}${one}`)}</li>`];
  });
  return lines.length === 0
    ? html`<p class="note">No other choice has rows.</p>`
    : html`<p>These have rows:</p>
        <ul>
          ${lines}
        </ul>`;
}

function select(name: string, label: string, chosen: string, options: readonly Option[]): SafeHtml | undefined {
  if (options.length < 2 && options[0]?.[0] === chosen) {
    return html`<input type="hidden" name="${name}" value="${chosen}" />`;
  }
  return options.length === 0
    ? undefined
    : html`<label
        >${label}
        <select name="${name}">
          ${options.map(([value, text]) =>
            value === chosen
              ? html`<option value="${value}" selected>${text}</option>`
              : html`<option value="${value}">${text}</option>`,
          )}
        </select></label
      >`;
}

function named(values: readonly string[]): Option[] {
  return values.map((value) => [value, value]);
}

function withChosen<Value>(values: readonly Value[], chosen: Value | undefined): readonly Value[] {
  return chosen === undefined || values.includes(chosen) ? values : [...values, chosen];
}
