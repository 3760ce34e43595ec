/** `/errors` and `/errors/:id`, and what the API tells of errors. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { READER } from '../../access/guard-access.ts';
import { sendPage } from '../../frame/send-page.ts';
import { readParameters } from '../../parameters.ts';
import { addErrorsApi } from './errors-api.ts';
import { addErrorsCsv } from './errors-csv.ts';
import { ErrorsParameters } from './errors-parameters.ts';
import type { ErrorsSource } from './errors-source.ts';
import { errorPage, unreadPage } from './error-view.ts';
import { errorsPage } from './errors-view.ts';
import { findError } from './find-error.ts';
import { readErrors } from './read-errors.ts';

const Params = z.object({ id: z.string() });

export function addErrorPages(app: FastifyInstance, source: ErrorsSource): void {
  const { clock } = app.frame;
  app.get('/errors', { config: READER }, async (request, reply) => {
    const parameters = readParameters(ErrorsParameters, request.query);
    const reading = await readErrors(source, parameters, { now: clock.now(), signal: request.signal });
    return sendPage(reply, errorsPage(reading, parameters));
  });
  app.get('/errors/:id', { config: READER }, async (request, reply) => {
    readParameters(z.object({}), request.query);
    const part = await findError(source, Params.parse(request.params).id, request.signal);
    if (part?.kind === 'unread') return sendPage(reply.code(503), unreadPage(part.problem, request.url));
    const [row, ...copies] = part?.value ?? [];
    return row === undefined ? reply.callNotFound() : sendPage(reply, errorPage([row, ...copies], clock.now()));
  });
  addErrorsApi(app, source);
  addErrorsCsv(app, source);
}
