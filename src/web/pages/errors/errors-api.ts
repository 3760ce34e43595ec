/** `GET errors`, `errors/groups` and `errors/{id}` of the API. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { addApiRoute } from '../../api/api-route.ts';
import { LIST_PARAMETERS, listOf, pageOf, readCursor, writeCursor } from '../../api/lists.ts';
import { ApiProblem } from '../../api/problems.ts';
import type { Part, ReadPart } from '../../part.ts';
import { kindsRequest } from './error-kinds.ts';
import { ErrorAnswer, errorAnswer, KindAnswer, kindAnswer, logsRead } from './errors-answers.ts';
import { ERROR_FILTERS, errorsQuery, KindId } from './errors-parameters.ts';
import type { ErrorsSource } from './errors-source.ts';
import { findError } from './find-error.ts';
import { readSelectedRows } from './read-errors.ts';

const CHARACTERS = 20_000;
/** The end of the range is fixed with the first page, so that new rows move nothing. */
const Cursor = z.object({ to: z.int().min(0), from: z.int().min(0), offset: z.int().min(0).max(10_000_000) });

export function addErrorsApi(app: FastifyInstance, source: ErrorsSource): void {
  const { clock } = app.frame;
  addApiRoute(app, {
    method: 'GET',
    path: '/errors',
    access: 'reader',
    summary: `Rows of the logs, the newest first; texts are cut after ${CHARACTERS} characters.`,
    query: z.object({ ...ERROR_FILTERS, group: KindId.optional(), ...LIST_PARAMETERS }),
    reply: listOf(ErrorAnswer),
    handler: async ({ query, signal }) => {
      const { limit, cursor, group } = query;
      const { filter } = errorsQuery(query, clock.now());
      const { offset, ...range } = cursor === undefined ? { offset: 0, ...filter.range } : readCursor(Cursor, cursor);
      const selection = { filter: { ...filter, range }, group };
      const part = readPart(
        await readSelectedRows(source, selection, { offset, limit: limit + 1, characters: CHARACTERS, signal }),
      );
      const hasMore = part.value.length > limit;
      return {
        ...logsRead(part),
        items: part.value.slice(0, limit).map(errorAnswer),
        next_cursor: hasMore ? writeCursor({ ...range, offset: offset + limit }) : null,
      };
    },
  });
  addApiRoute(app, {
    method: 'GET',
    path: '/errors/groups',
    access: 'reader',
    summary: 'Kinds of messages, the critical ones first.',
    query: z.object({ ...ERROR_FILTERS, ...LIST_PARAMETERS }),
    reply: listOf(KindAnswer),
    handler: async ({ query, signal }) => {
      const now = clock.now();
      const part = readPart(await source.kinds(kindsRequest(errorsQuery(query, now).filter), signal));
      return {
        ...logsRead(part),
        ...pageOf(
          part.value.map((kind) => kindAnswer(kind, now)),
          query,
        ),
      };
    },
  });
  addApiRoute(app, {
    method: 'GET',
    path: '/errors/:id',
    access: 'reader',
    summary: 'One row of the logs with all its text.',
    params: z.object({ id: z.string().max(60, 'the id of a row') }),
    reply: ErrorAnswer,
    handler: async ({ params, signal }) => {
      const found = await findError(source, params.id, signal);
      const [row] = found === undefined ? [] : readPart(found).value;
      if (row !== undefined) return errorAnswer(row);
      throw new ApiProblem({ status: 404, code: 'not_found', title: 'There is no such row in the logs.' });
    },
  });
}

/** Throws ApiProblem if the logs did not answer. */
export function readPart<Value>(part: Part<Value>): ReadPart<Value> {
  if (part.kind === 'read') return part;
  const detail = 'Try again in a minute.';
  throw new ApiProblem({ status: 503, code: 'source_unavailable', title: part.problem, detail });
}
