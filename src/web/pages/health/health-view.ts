/** The health page: is all well, and why not? */
import { partialBlock } from '../../frame/blocks.ts';
import type { Page } from '../../frame/page.ts';
import { timeElement } from '../../text/times.ts';
import { html, type SafeHtml } from '../../views/html.ts';
import type { HasPage } from './health-links.ts';
import type { HealthParameters } from './health-parameters.ts';
import type { HealthSnapshot, KnownFiles } from './health-source.ts';
import { headlineOf } from './headline.ts';
import { matrixOf } from './matrix.ts';
import { matrixView } from './matrix-view.ts';
import { needsYou } from './needs-you.ts';
import { needsYouView } from './needs-you-view.ts';
import { pausedNotices, queuesView } from './queues-view.ts';
import { stateIcons } from './state-icons.ts';
import { throughputView } from './throughput-view.ts';
import { sourcesOf } from './health-sources.ts';
import { pausedQueues } from './queue-depth.ts';
import { tilesView } from './tiles-view.ts';

export interface HealthRequest {
  readonly parameters: HealthParameters;
  readonly hasPage: HasPage;
}

export function healthPage(snapshot: HealthSnapshot, request: HealthRequest): Page {
  const { now, files, queues, records } = snapshot;
  const { text, sub } = headlineOf(snapshot);
  const known = files.kind === 'read' && files.value.kind === 'files' ? files.value : undefined;
  return {
    headline: text,
    title: 'Health',
    section: '/',
    sub: html`${sub} ${known === undefined ? undefined : html`Checked ${timeElement(known.checkedAt, { now })}.`}`,
    body: html`${stateIcons()} ${partialBlock(sourcesOf(snapshot), now)}
    ${known === undefined ? undefined : unreadNote(known)}
    ${known === undefined ? undefined : needsYouView(needsYou(known.files, pausedOf(snapshot)), momentOf(snapshot, request))}
    ${queues.kind === 'read' ? pausedNotices(queues.value) : undefined} ${tilesView(snapshot, request.hasPage)}
    ${known === undefined || known.rows.length === 0 ? undefined : filesView(known, snapshot, request)}
    ${records.kind === 'read' ? throughputView(records.value.hours) : undefined}
    ${queues.kind === 'read' ? queuesView(queues.value) : undefined}`,
  };
}

function filesView(known: KnownFiles, snapshot: HealthSnapshot, request: HealthRequest): SafeHtml {
  const { parameters } = request;
  const matrix = matrixOf(known.rows, parameters);
  return matrixView({ matrix, parameters, applications: known.applications, moment: momentOf(snapshot, request) });
}

function momentOf(snapshot: HealthSnapshot, { hasPage }: HealthRequest) {
  return { hasPage, now: snapshot.now, lagMs: snapshot.lagMs, pausedQueues: pausedOf(snapshot) };
}

function pausedOf({ queues }: HealthSnapshot): ReadonlySet<string> {
  return pausedQueues(queues.kind === 'read' ? queues.value : []);
}

/** Sources that the last scan could not read, so that files may be missing or older than shown. */
function unreadNote({ unread }: KnownFiles): SafeHtml | undefined {
  if (unread.length === 0) return undefined;
  return html`<div class="notice" role="status">
    <p>The last scan could not read everything:</p>
    <ul>
      ${unread.map((sentence) => html`<li>${sentence}</li>`)}
    </ul>
  </div>`;
}
