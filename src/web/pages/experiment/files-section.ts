/** Files and runs of an experiment. */
import type { Part } from '../../part.ts';
import { bytesText, countElement, usdText } from '../../text/numbers.ts';
import { timeElement, durationText } from '../../text/times.ts';
import { href, html, link, type SafeHtml } from '../../views/html.ts';
import { stateMark } from './state-mark.ts';
import { exportPath, objectPath, runPath, runsPath } from './links.ts';
import { missingPart, troubleOf } from './missing-part.ts';
import { leftOutOf } from './newest-window.ts';
import { fileName } from './notes.ts';
import type { ExperimentFiles, ExperimentRun, FileLine } from './source.ts';
import { headedTable, numeric } from '../../frame/table.ts';

export interface FilesSection {
  readonly slug: string;
  readonly files: Part<ExperimentFiles>;
  readonly runs: Part<readonly ExperimentRun[]>;
  /** Whether the visitor may start exports. */
  readonly isOperator: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export function filesSection(section: FilesSection): SafeHtml {
  const { slug, files, runs, isOperator, now } = section;
  return html`<section id="files" aria-labelledby="files-title">
    <h2 id="files-title">Files and runs</h2>
    ${files.kind === 'unread' ? missingPart(files.problem) : filesBlock(files.value, section)} ${troubleOf(files)}
    ${isOperator ? html`<p><a class="button" href="${href(exportPath(slug))}">Export all files again …</a></p>` : html``}
    <h3>Last runs</h3>
    ${runs.kind === 'unread' ? missingPart(runs.problem) : runsBlock(runs.value, slug, now)} ${troubleOf(runs)}
  </section>`;
}

function filesBlock({ files, checkedAt }: ExperimentFiles, section: FilesSection): SafeHtml {
  const { now } = section;
  const there = files.filter(({ published, state }) => published !== undefined || isNotable(state?.state));
  const absent = files.filter((line) => !there.includes(line));
  const checked =
    checkedAt === undefined
      ? html`States are not known: no scan of <code>contrail schedule</code> has ended lately.`
      : html`States as of ${timeElement(checkedAt, { now })}.`;
  return html`${
      there.length === 0
        ? html`<p>Nothing is published for this experiment.</p>`
        : headedTable({
            caption: 'Published files',
            columns: [
              'File',
              'State',
              'Published',
              'Version of the source',
              numeric('Rows'),
              numeric('Left out'),
              numeric('Size'),
              'SHA-256',
            ],
            body: there.map((line) => fileRow(line, section)),
          })
    }
    <p class="sub">
      ${checked}
      ${absent.length === 0 ? html`` : html`Not published${checkedAt === undefined ? '' : ' and not due'}: ${absent.map(fileName).join(', ')}.`}
    </p>`;
}

function isNotable(state: string | undefined): boolean {
  return state !== undefined && state !== 'not due';
}

function fileRow(line: FileLine, { slug, isOperator, now }: FilesSection): SafeHtml {
  const { published, object, state } = line;
  const name = fileName(line);
  const again = isOperator
    ? html` <a href="${href(exportPath(slug, name))}" aria-label="Export ${name} again">again …</a>`
    : html``;
  if (published === undefined) {
    return html`<tr>
      <th scope="row" class="short">${name}${again}</th>
      <td data-name="State">${stateMark(state, now)}</td>
      <td data-name="Published" class="short">–</td>
      <td colspan="5">not published</td>
    </tr>`;
  }
  const { version, rows, bytes, sha256, at } = published;
  return html`<tr>
    <th scope="row" class="short">${link(objectPath(object), name)}${again}</th>
    <td data-name="State">${stateMark(state, now)}</td>
    <td data-name="Published" class="short">${timeElement(at, { now })}</td>
    <td data-name="Version"><code>${version ?? 'none'}</code></td>
    <td data-name="Rows" class="number">${rows === undefined ? '–' : countElement(rows)}</td>
    <td data-name="Left out" class="number">${countElement(leftOutOf(published))}</td>
    <td data-name="Size" class="number">${bytesText(bytes)}</td>
    <td data-name="SHA-256" class="short"><code title="${sha256 ?? ''}">${sha256?.slice(0, 12) ?? '–'}</code></td>
  </tr>`;
}

function runsBlock(runs: readonly ExperimentRun[], slug: string, now: number): SafeHtml {
  if (runs.length === 0) return html`<p>No run of this experiment in the last 90 days.</p>`;
  const list = headedTable({
    caption: html`Its last ${runs.length} runs, newest first`,
    columns: ['Ended', 'File', 'Outcome', 'Why', numeric('Took'), numeric('Rows'), numeric('Cost')],
    body: runs.map((run) => runRow(run, now)),
  });
  return html`${list}
    <p>${link(runsPath(slug), 'All runs of this experiment')}</p>`;
}

function runRow(run: ExperimentRun, now: number): SafeHtml {
  const { jobId, finishedAt, product, period, outcome, attempt, message, durationMs, rows, costUsd } = run;
  const attempts = attempt > 1 ? `, attempt ${attempt}` : '';
  return html`<tr>
    <th scope="row" class="short">${timeElement(finishedAt, { now })}</th>
    <td data-name="File" class="short">${period ?? product}</td>
    <td data-name="Outcome" class="short">${link(runPath(jobId), outcome)}${attempts}</td>
    <td data-name="Why">${firstLine(message ?? '')}</td>
    <td data-name="Took" class="number">${durationMs === undefined ? '–' : durationText(durationMs)}</td>
    <td data-name="Rows" class="number">${rows === undefined ? '–' : countElement(rows)}</td>
    <td data-name="Cost" class="number">${costUsd === undefined ? '–' : usdText(costUsd)}</td>
  </tr>`;
}

const LONGEST_REASON = 200;

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON)}…` : line;
}
