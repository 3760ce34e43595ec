/** `/`: numbers of jobs, paused queues, and links. */
import type { FastifyInstance } from 'fastify';
import { queueLink } from '../../domain/page-links.ts';
import type { JobQueue, QueueCounts } from '../../ports/job-queue.ts';
import { queueStates } from '../../queue/queue-states.ts';
import { READER } from '../access/guard-access.ts';
import { sendPage } from '../frame/send-page.ts';
import { html, type SafeHtml } from '../views/html.ts';

const STATES = ['waiting', 'active', 'delayed', 'completed', 'failed'] as const;

interface QueueLook {
  readonly name: string;
  /** Jobs in a paused queue count as waiting; the notice above the table says that it is paused. */
  readonly counts: QueueCounts;
}

export function addHomeRoutes(app: FastifyInstance, queue: JobQueue): void {
  app.get('/', { config: READER }, async (_request, reply) => {
    const looks = Object.entries(await queueStates(queue)).map(lookOf);
    const body = html`${looks.filter(({ counts }) => counts.isPaused).map(pausedNotice)} ${countsTable(looks)}`;
    return sendPage(reply, { headline: titleOf(looks), title: 'Health', section: '/', body });
  });
}

function lookOf([name, counts]: readonly [string, QueueCounts]): QueueLook {
  return { name, counts: { ...counts, waiting: counts.waiting + counts.paused } };
}

function titleOf(looks: readonly QueueLook[]): string {
  const failed = looks.reduce((sum, { counts }) => sum + counts.failed, 0);
  const busy = looks.reduce((sum, { counts }) => sum + counts.waiting + counts.active + counts.delayed, 0);
  const failures =
    failed === 0 ? 'No job has failed' : failed === 1 ? '1 job has failed' : `${failed} jobs have failed`;
  return `${failures}, ${busy} on their way`;
}

function pausedNotice({ name, counts: { waiting } }: QueueLook): SafeHtml {
  const jobs = waiting === 0 ? 'no job waits' : waiting === 1 ? '1 job waits' : `${waiting} jobs wait`;
  return html`<p class="notice">
    The queue <a href="${queueLink(name)}">${name}</a> is paused, ${jobs} in it. Resume it on the board.
  </p>`;
}

function countsTable(looks: readonly QueueLook[]): SafeHtml {
  const rows = looks.map(
    ({ name, counts }) =>
      html`<tr>
        <th scope="row"><a href="${queueLink(name)}">${name}</a></th>
        ${STATES.map((state) => html`<td class="number">${counts[state]}</td>`)}
      </tr>`,
  );
  return html`<table>
    <caption>
      Jobs by queue and state
    </caption>
    <thead>
      <tr>
        <th scope="col">Queue</th>
        ${STATES.map((state) => html`<th scope="col" class="number">${state}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}
