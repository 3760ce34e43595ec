/** The page of an experiment: header, notes, trace, and its sections. */
import { html, type SafeHtml } from '../../views/html.ts';
import { costSection } from './cost-section.ts';
import { enrollmentSection } from './enrollment-section.ts';
import { errorsSection } from './errors-section.ts';
import { filesSection } from './files-section.ts';
import { headerLine, newestText, notesList } from './header-view.ts';
import { valueOf } from '../../part.ts';
import type { ExperimentPage } from './read-page.ts';
import { traceSection } from './trace-section.ts';

export function experimentSub({ experiment, files, now }: ExperimentPage): SafeHtml {
  const lines = valueOf(files)?.files;
  if (experiment !== undefined) return headerLine(experiment, lines, now);
  return lines === undefined
    ? html`Not listed by the experiments API`
    : html`Not listed by the experiments API · ${newestText(lines, now)}`;
}

export interface ViewOptions {
  readonly isOperator: boolean;
  /** The results as Experimenter shows them; undefined: there is no such section. */
  readonly results?: SafeHtml | undefined;
  /** What was just done on this page. */
  readonly done?: string | undefined;
}

export function experimentBody(page: ExperimentPage, { isOperator, results, done }: ViewOptions): SafeHtml {
  const { slug, problem, explanation, files, runs, errors, cost, enrollment, empty, notes, now } = page;
  return html`${done === undefined ? html`` : html`<p class="notice" role="status">${done}</p>`}
    ${empty === undefined ? html`` : html`<p class="lead">${empty}</p>`}
    ${problem === undefined ? html`` : html`<p class="notice">${problem}</p>`} ${notesList(notes)}
    <nav class="sections" aria-label="Sections of this page">
      ${sectionsOf(page, results !== undefined).map(([id, title]) => html`<a href="#${id}">${title}</a> `)}
    </nav>
    ${traceSection(explanation, now)} ${results ?? html``} ${filesSection({ slug, files, runs, isOperator, now })}
    ${errorsSection(errors, slug, now)} ${costSection(cost, now)} ${enrollmentSection(enrollment, slug, now)}
    <p class="sub"><a href="/api/v1/experiments/${encodeURIComponent(slug)}">JSON</a></p>`;
}

function sectionsOf({ errors }: ExperimentPage, hasResults: boolean): (readonly [string, string])[] {
  const count = valueOf(errors)?.count ?? 0;
  return [
    ['trace', 'Trace'],
    ...(hasResults ? [['results', 'Results'] as const] : []),
    ['files', 'Files and runs'],
    ['errors', count === 0 ? 'Errors' : `Errors (${count})`],
    ['cost', 'Cost'],
    ['enrollment', 'Enrollment'],
  ];
}
