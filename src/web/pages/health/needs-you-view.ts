/** The lines at the top of the health page. */
import { formatDay } from '../../../domain/age-text.ts';
import { timeElement } from '../../text/times.ts';
import { countOf } from '../../text/numbers.ts';
import { html, link, type SafeHtml, type Value } from '../../views/html.ts';
import { addressOf } from '../../parameters.ts';
import { formatAge } from '../../../domain/age-text.ts';
import { titleOfFile } from './health-columns.ts';
import type { HealthFile } from './health-file.ts';
import { experimentAddress, nextSteps } from './health-links.ts';
import type { NeedsYou, NeedsYouLine } from './needs-you.ts';
import { nameOf, stateIcon } from './state-icons.ts';
import { type TextMoment, waitingText, withoutSubject } from './file-text.ts';

const MOST_NAMED = 3;

/** Nothing where nobody is needed. */
export function needsYouView({ lines, rest }: NeedsYou, moment: TextMoment): SafeHtml | undefined {
  if (lines.length === 0) return undefined;
  const more =
    rest === 0
      ? undefined
      : html`<li class="more">
          and ${link(`${addressOf('/', { state: 'needs-you' })}#files`, countOf(rest, 'more file', 'more files'))}
        </li>`;
  return html`<section aria-labelledby="needs-you">
    <h2 id="needs-you" class="hidden">What needs you</h2>
    <ul class="needs-you">
      ${lines.map((line) => lineView(line, moment))} ${more}
    </ul>
  </section>`;
}

function lineView(line: NeedsYouLine, moment: TextMoment): SafeHtml {
  const { state, files, waiting } = line;
  const [first] = files;
  const subject = files.length === 1 ? fileLink(first, moment) : html`${countOf(files.length, 'file')}`;
  const steps = nextSteps(first, waiting === 'paused', moment.hasPage);
  return html`<li class="need">
    <p>
      <strong class="${nameOf(state)}">${stateIcon(state)} ${capitalised(state)}</strong> ${subject}:
      ${causeOf(line, moment)}
      ${files.length === 1 ? undefined : html`<span class="files">${namesOf(files, moment)}</span>`}
    </p>
    <p class="evidence">
      ${evidenceOf(line, moment)}
      <span class="next">${steps.map(({ text, address }) => html` ${link(address, text)}`)}</span>
    </p>
  </li>`;
}

function fileLink(file: HealthFile, { hasPage }: TextMoment): SafeHtml {
  return link(
    experimentAddress(file.file.experiment, hasPage, '#files'),
    `${file.file.experiment} ${titleOfFile(file.file)}`,
  );
}

/** `a weekly, b weekly, c daily and 11 more` */
function namesOf(files: readonly HealthFile[], moment: TextMoment): SafeHtml {
  const named = files.slice(0, MOST_NAMED).map((file, n) => html`${n === 0 ? '' : ', '}${fileLink(file, moment)}`);
  const more = files.length - MOST_NAMED;
  return html`${named}${more > 0 ? ` and ${more} more` : ''}`;
}

function causeOf({ state, files }: NeedsYouLine, { now, lagMs }: TextMoment): Value {
  const [first] = files;
  const { since, publishedAt } = first;
  const age = since === undefined ? undefined : timeElement(since, { now });
  const limit = formatAge(lagMs);
  switch (state) {
    case 'failed':
    case 'refused':
      return withoutSubject(first);
    case 'stale':
      return html`the source changed ${age}, limit ${limit}.`;
    case 'never':
      return html`results have been there since ${age}, limit ${limit}, and no file.`;
    case 'missing':
      return html`no results yet, expected ${since === undefined ? 'by now' : `since ${formatDay(since)}`}.`;
    case 'gone': {
      const file = publishedAt === undefined ? 'no file is published' : `the file of ${formatDay(publishedAt)} stays`;
      return html`the tables were deleted ${age}; ${file}.`;
    }
    case 'running':
    case 'rebuilding':
    case 'fresh':
    case 'not due':
      return state;
  }
}

function evidenceOf({ files, waiting }: NeedsYouLine, moment: TextMoment): SafeHtml {
  const [first] = files;
  const { problem, publishedAt } = first;
  const { now } = moment;
  if (waiting !== undefined) {
    const remedy = waiting === 'idle' ? '; the next scan enqueues it' : '';
    return html`${capitalised(waitingText(first, moment))}${remedy}.`;
  }
  if (problem === undefined) return html``;
  const last = problem.at === undefined ? undefined : html`, last ${timeElement(problem.at, { now })}`;
  const tried = problem.attempts === 0 ? 'No job can make it' : countOf(problem.attempts, 'attempt');
  const kept =
    publishedAt === undefined ? 'No file is published.' : `The file of ${formatDay(publishedAt)} stays published.`;
  return html`${tried}${last}. ${kept}`;
}

function capitalised(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
