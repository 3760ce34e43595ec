/** `/`, and what the API tells of files and queues. */
import type { FastifyInstance } from 'fastify';
import { READER } from '../../access/guard-access.ts';
import { sendPage } from '../../frame/send-page.ts';
import { readParameters } from '../../parameters.ts';
import { addHealthApi } from './health-api.ts';
import { HealthParameters } from './health-parameters.ts';
import type { HealthSource } from './health-source.ts';
import { healthPage } from './health-view.ts';

export function addHealthPages(app: FastifyInstance, source: HealthSource): void {
  app.get('/', { config: READER }, async (request, reply) => {
    const parameters = readParameters(HealthParameters, request.query);
    const hasPage = (url: string) => app.hasRoute({ method: 'GET', url });
    return sendPage(reply, healthPage(await source.read(request.signal), { parameters, hasPage }));
  });
  addHealthApi(app, source);
}
