/** The page of the runs, and that of one job with its attempts. */
import { emptyBlock, partialBlock } from '../../frame/blocks.ts';
import type { Page } from '../../frame/page.ts';
import { table } from '../../frame/table.ts';
import { addressOf } from '../../parameters.ts';
import { bytesText, countElement, countOf, usdText } from '../../text/numbers.ts';
import { durationText, timeElement } from '../../text/times.ts';
import { RANGE_NAMES, rangeText, type TimeRange } from '../../time-range.ts';
import { RUN_OUTCOMES } from '../../../domain/run-outcomes.ts';
import { html, type SafeHtml, type Value } from '../../views/html.ts';
import type { RunFacts, RunsLook } from './runs-source.ts';
import type { RunFilters } from './select-runs.ts';

const NONE = '–';
const SOURCE = 'monitoring.export_runs_v1';
export const RUNS_A_PAGE = 100;

export interface RunsView {
  readonly look: RunsLook;
  readonly selected: readonly RunFacts[];
  readonly filters: RunFilters;
  readonly range: TimeRange;
  readonly pageNumber: number;
  readonly queues: readonly string[];
  readonly now: number;
}

export function runsPage(view: RunsView): Page {
  const { look, selected, range, pageNumber, now } = view;
  const shown = selected.slice((pageNumber - 1) * RUNS_A_PAGE, pageNumber * RUNS_A_PAGE);
  const link = html`<a href="${addressOf('/runs', { ...view.filters, ...range.absolute })}">Link to this moment</a>`;
  return {
    title: 'Runs',
    section: '/runs',
    headline: headlineOf(view),
    sub: html`${rangeText(range)}, read ${timeElement(look.asOf, { now })}. ${link}`,
    bar: bar(view),
    body: html`${notices(look, now)}
    ${
      shown.length === 0
        ? emptyBlock(look.problem === undefined ? emptyText(view) : 'Nothing can be shown until the source answers.')
        : html`${runsTable(shown, now)} ${pages(view)}`
    }`,
  };
}

export function jobPage(
  jobId: string,
  { look, attempts, now }: { readonly look: RunsLook; readonly attempts: readonly RunFacts[]; readonly now: number },
): Page {
  const [newest] = attempts;
  const head = newest === undefined ? `No run of ${jobId} is known` : `${newest.subject}: ${newest.outcome}`;
  return {
    title: `Run ${jobId}`,
    section: '/runs',
    headline: head,
    sub: html`Job <code>${jobId}</code>, ${countOf(attempts.length, 'run')} in the last 90 days.`,
    body: html`${notices(look, now)}
    ${
      newest === undefined
        ? emptyBlock('Runs are kept for as long as the monitoring table keeps them; this page looks back 90 days.')
        : attempts.map((run) => attemptBlock(run, now))
    }`,
  };
}

function headlineOf({ look, selected, filters }: RunsView): string {
  if (look.problem !== undefined) return 'The runs cannot be read now';
  const failed = selected.filter(({ outcome }) => outcome === 'failed').length;
  if (filters.latest !== undefined)
    return failed === 1 ? '1 file or task still fails' : `${failed} files or tasks still fail`;
  return `${countOf(failed, 'failed run')} of ${countOf(selected.length, 'run')}`;
}

function emptyText({ look, filters }: RunsView): Value {
  if (look.runs.length === 0) return 'No run ended in this time. Runs appear here when a worker has finished a job.';
  const isNarrow = Object.values(filters).some((value) => value !== undefined);
  return html`No run matches. ${isNarrow ? html`<a href="/runs">All runs</a>` : undefined}`;
}

function notices(look: RunsLook, now: number): SafeHtml {
  const source = look.problem === undefined ? { name: SOURCE } : { name: SOURCE, problem: look.problem };
  return html`${partialBlock([source], now)}
  ${look.isCut ? html`<p class="notice">There are more runs than can be looked through; older ones of this time are left out.</p>` : undefined}`;
}

function bar({ filters, range, queues }: RunsView): SafeHtml {
  const dates = range.name === undefined ? range.absolute : undefined;
  return html`<form class="bar" method="get" action="/runs">
    ${
      dates === undefined
        ? select('range', 'Time', RANGE_NAMES, range.name)
        : html`<label>From <input name="from" value="${dates.from}" /></label>
            <label>To <input name="to" value="${dates.to}" /></label>`
    }
    ${select('queue', 'Queue', ['', ...queues], filters.queue)}
    ${select('outcome', 'Outcome', ['', ...RUN_OUTCOMES], filters.outcome)}
    <label>Error code <input name="class" value="${filters.class}" size="14" /></label>
    <label>Worker <input name="worker" value="${filters.worker}" size="14" /></label>
    <label>Find <input name="q" type="search" value="${filters.q}" placeholder="slug, id, error text" /></label>
    ${select('latest', 'Of each file', ['', '1'], filters.latest, { '': 'all runs', 1: 'the newest run' })}
    <button>Show</button>
  </form>`;
}

function select(
  name: string,
  label: string,
  values: readonly string[],
  ...[chosen, names = {}]: readonly [string | undefined, Readonly<Record<string, string>>?]
): SafeHtml {
  const options = values.map((value) => {
    const text = names[value] ?? (value === '' ? 'all' : value);
    return value === (chosen ?? '')
      ? html`<option value="${value}" selected>${text}</option>`
      : html`<option value="${value}">${text}</option>`;
  });
  return html`<label
    >${label}
    <select name="${name}">
      ${options}
    </select></label
  >`;
}

function runsTable(runs: readonly RunFacts[], now: number): SafeHtml {
  return table({
    caption: 'Runs, newest first',
    columns: [
      { name: 'File or task' },
      { name: 'Ended', kind: 'time' },
      { name: 'Outcome', kind: 'time' },
      { name: 'Why' },
      { name: 'Attempt', kind: 'number' },
      { name: 'Took', kind: 'number' },
      { name: 'Rows', kind: 'number' },
      { name: 'Written', kind: 'number' },
      { name: 'Cost', kind: 'number' },
      { name: 'Worker', kind: 'time' },
    ],
    rows: runs.map((run) => [
      html`<a href="/runs/${encodeURIComponent(run.jobId.toWellFormed())}">${run.subject}</a>`,
      timeElement(run.finishedAt, { now }),
      outcomeText(run),
      whyText(run),
      run.attempt,
      run.durationMs === undefined ? NONE : durationText(run.durationMs),
      run.rows === undefined ? NONE : countElement(run.rows),
      run.bytesWritten === undefined ? NONE : bytesText(run.bytesWritten),
      run.costUsd === undefined ? NONE : usdText(run.costUsd),
      run.worker ?? NONE,
    ]),
  });
}

function outcomeText({ outcome }: RunFacts): SafeHtml {
  return outcome === 'failed'
    ? html`<span class="failed"><span aria-hidden="true">◆</span> failed</span>`
    : html`${outcome}`;
}

/** The error in one line. */
function whyText({ code, message }: RunFacts): string {
  if (code === undefined && message === undefined) return NONE;
  const line = (message ?? '').split('\n', 1)[0] ?? '';
  const short = line.length > 160 ? `${line.slice(0, 160)}…` : line;
  return [code, short].filter((part) => part !== undefined && part !== '').join(': ');
}

function attemptBlock(run: RunFacts, now: number): SafeHtml {
  const facts: readonly (readonly [string, Value])[] = [
    ['Ended', timeElement(run.finishedAt, { now })],
    ['Outcome', outcomeText(run)],
    ['Attempt', run.attempt],
    ['Took', run.durationMs === undefined ? NONE : durationText(run.durationMs)],
    ['Rows', run.rows === undefined ? NONE : countElement(run.rows)],
    ['Written', run.bytesWritten === undefined ? NONE : bytesText(run.bytesWritten)],
    ['Cost', run.costUsd === undefined ? NONE : usdText(run.costUsd)],
    ['Worker', run.worker ?? NONE],
    ['Queue', html`<a href="/queues/queue/${encodeURIComponent(run.queue)}">${run.queue}</a>`],
  ];
  const message = run.message === undefined ? undefined : html`<pre>${run.message}</pre>`;
  return html`<section>
    <h2>${run.outcome}, attempt ${run.attempt}</h2>
    <dl class="tiles">
      ${facts.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    ${run.code === undefined ? undefined : html`<p><code>${run.code}</code></p>`} ${message}
    ${
      run.experiment === undefined
        ? undefined
        : html`<p><a href="${addressOf('/runs', { q: run.experiment })}">All runs of ${run.experiment}</a></p>`
    }
  </section>`;
}

/** Later pages keep the moment, so that nothing moves between them. */
function pages({ selected, filters, range, pageNumber }: RunsView): SafeHtml | undefined {
  const last = Math.max(1, Math.ceil(selected.length / RUNS_A_PAGE));
  if (last === 1) return undefined;
  const to = (page: number) =>
    addressOf('/runs', { ...filters, ...range.absolute, page: page === 1 ? undefined : page });
  return html`<nav class="pages" aria-label="Pages of the list">
    ${pageNumber > 1 ? html`<a href="${to(pageNumber - 1)}" rel="prev">Newer</a>` : undefined}
    <span>Page ${pageNumber} of ${last}</span>
    ${pageNumber < last ? html`<a href="${to(pageNumber + 1)}" rel="next">Older</a>` : undefined}
  </nav>`;
}
