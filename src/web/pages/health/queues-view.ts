/** How deep each queue is, and how old its oldest job. */
import { formatAge } from '../../../domain/age-text.ts';
import { queueLink } from '../../../domain/page-links.ts';
import type { QueueLook } from '../../../ports/queue-watch.ts';
import { waitingJobs } from './queue-depth.ts';
import { countElement, countText } from '../../text/numbers.ts';
import { html, link, type SafeHtml } from '../../views/html.ts';
import { headedTable, numeric } from '../../frame/table.ts';

export function queuesView(queues: readonly QueueLook[]): SafeHtml {
  const list = headedTable({
    caption: 'Jobs of each queue',
    hasHiddenCaption: true,
    columns: [
      'Queue',
      numeric('Waiting'),
      numeric('Oldest'),
      numeric('Running'),
      numeric('Delayed'),
      numeric('Failed, kept'),
      'State',
    ],
    body: queues.map(row),
  });
  return html`<section aria-labelledby="queues">
    <h2 id="queues">Queues</h2>
    ${list}
  </section>`;
}

/** A paused queue is easily forgotten. */
export function pausedNotices(queues: readonly QueueLook[]): SafeHtml {
  const paused = queues.filter(({ isPaused }) => isPaused);
  return html`${paused.map((look) => {
    const waiting = waitingJobs(look);
    const jobs = waiting === 0 ? 'no job waits' : waiting === 1 ? '1 job waits' : `${countText(waiting)} jobs wait`;
    return html`<p class="notice">
      The queue ${link(queueLink(look.queue), look.queue)} is paused, ${jobs} in it. Resume it on the board.
    </p>`;
  })}`;
}

function row(look: QueueLook): SafeHtml {
  const { queue, jobs, oldestMs } = look;
  const waiting = waitingJobs(look);
  return html`<tr>
    <th scope="row">${link(queueLink(queue), queue)}</th>
    <td class="number" data-name="Waiting">${countElement(waiting)}</td>
    <td class="number" data-name="Oldest">${waiting === 0 ? '–' : formatAge(oldestMs)}</td>
    <td class="number" data-name="Running">${countElement(jobs.active)}</td>
    <td class="number" data-name="Delayed">${countElement(jobs.delayed + jobs.parents)}</td>
    <td class="number" data-name="Failed, kept">${countElement(jobs.failed)}</td>
    <td data-name="State">${stateOf(look)}</td>
  </tr>`;
}

function stateOf({ isPaused, restMs, throttledMs, jobs }: QueueLook): string {
  if (isPaused) return 'paused: no worker takes its jobs';
  if (restMs > 0) return `rests for ${formatAge(restMs)}, because a service throttles`;
  if (throttledMs > 0) return `throttled for ${formatAge(throttledMs)}`;
  return jobs.active > 0 ? 'working' : 'idle';
}
