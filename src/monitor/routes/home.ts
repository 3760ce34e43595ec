/** `/`: how many jobs are where, and the ways on. */
import type { FastifyInstance } from 'fastify';
import { JOB_KINDS } from '../../jobs/job-kinds.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import { html, page } from '../views/html.ts';
import { ICON } from '../views/icon.ts';
import { STYLESHEET } from '../views/stylesheet.ts';

const STATES = ['waiting', 'active', 'delayed', 'completed', 'failed'] as const;

export function addHomeRoutes(app: FastifyInstance, queue: JobQueue): void {
  app.get('/assets/contrail.css', async (_request, reply) =>
    reply.type('text/css; charset=utf-8').header('cache-control', 'public, max-age=300').send(STYLESHEET),
  );

  app.get('/favicon.ico', async (_request, reply) =>
    reply.type('image/svg+xml').header('cache-control', 'public, max-age=86400').send(ICON),
  );

  app.get('/', async (_request, reply) => {
    const counts = await Promise.all(JOB_KINDS.map((kind) => queue.counts(kind.queue)));
    const failed = counts.reduce((sum, entry) => sum + entry.failed, 0);
    const busy = counts.reduce((sum, entry) => sum + entry.waiting + entry.active + entry.delayed, 0);
    const title = `${failed === 0 ? 'No job has failed' : failed === 1 ? '1 job has failed' : `${failed} jobs have failed`}, ${busy} on their way`;
    const rows = JOB_KINDS.map(
      (kind, index) =>
        html`<tr>
          <th scope="row"><a href="/queues/queue/${kind.queue}">${kind.queue}</a></th>
          ${STATES.map((state) => html`<td class="number">${counts[index]?.[state] ?? 0}</td>`)}
        </tr>`,
    );
    const body = html`<table>
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
    return reply.type('text/html; charset=utf-8').send(page(title, body));
  });
}
