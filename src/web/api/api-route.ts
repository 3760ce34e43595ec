/** Routes of the JSON API. The schemas that check a request also describe it (`openapi.ts`). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Role } from '../access/visitor.ts';
import { clientSignal } from '../client-signal.ts';
import { addressOf, readParameters } from '../parameters.ts';
import { ApiProblem } from './problems.ts';

export const API_PREFIX = '/api/v1';

declare module 'fastify' {
  interface FastifyInstance {
    /** What the API offers, for its description. */
    apiRoutes: ApiDescription[];
  }
}

/** What the description of the API says of a route. */
export interface ApiDescription {
  readonly method: 'GET' | 'POST';
  /** Below the prefix: `/runs/:id`. */
  readonly path: string;
  /** One sentence. */
  readonly summary: string;
  readonly access: Role;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Of the JSON reply; absent where it is something else. */
  readonly reply?: z.ZodType;
  /** Other types of the reply: `text/csv`. */
  readonly replyType?: string;
}

const Nothing = z.object({});
type Nothing = typeof Nothing;

export interface Asked<Params extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType> {
  readonly params: z.output<Params>;
  readonly query: z.output<Query>;
  readonly body: z.output<Body>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Aborted when the client goes away or the time is up. */
  readonly signal: AbortSignal;
}

export interface ApiRoute<
  Reply extends z.ZodType,
  Query extends z.ZodObject = Nothing,
  Params extends z.ZodObject = Nothing,
  Body extends z.ZodType = z.ZodUndefined,
> extends ApiDescription {
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly reply: Reply;
  /** Throws ApiProblem for what it refuses. */
  readonly handler: (asked: Asked<Params, Query, Body>) => Promise<z.input<Reply>>;
}

/** Must come before the first route. */
export function addApi(app: FastifyInstance): void {
  app.decorate('apiRoutes', []);
}

/** Adds a JSON route. A list with `next_cursor` also gets the header `Link`. */
export function addApiRoute<
  Reply extends z.ZodType,
  Query extends z.ZodObject = Nothing,
  Params extends z.ZodObject = Nothing,
  Body extends z.ZodType = z.ZodUndefined,
>(app: FastifyInstance, route: ApiRoute<Reply, Query, Params, Body>): void {
  const { method, path, access, params, query, body, handler } = route;
  app.apiRoutes.push(route);
  app.route({
    method,
    url: `${API_PREFIX}${path}`,
    config: { access },
    handler: async (request, reply) => {
      const asked = {
        params: readParameters(params ?? Nothing, request.params) as z.output<Params>,
        query: readParameters(query ?? Nothing, request.query) as z.output<Query>,
        body: readBody(body, request.body) as z.output<Body>,
        request,
        reply,
        signal: method === 'GET' ? request.signal : clientSignal(reply),
      };
      const answer = await handler(asked);
      linkNext(reply, request, answer);
      reply.header('cache-control', 'private, no-cache').type('application/json; charset=utf-8');
      return reply.send(JSON.stringify(answer));
    },
  });
}

/** A route that replies with something else than JSON, such as CSV; its handler sends the reply. */
export function describeRoute(app: FastifyInstance, description: ApiDescription): void {
  app.apiRoutes.push(description);
}

function readBody(schema: z.ZodType | undefined, body: unknown): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.map(String).join('.') ?? '';
  const place = field === '' ? 'The body' : `The field ${JSON.stringify(field)} of the body`;
  throw new ApiProblem({
    status: 400,
    code: 'body_invalid',
    title: `${place} is invalid: ${issue?.message ?? 'it does not fit'}.`,
    field,
  });
}

const List = z.looseObject({ next_cursor: z.string() });

function linkNext(reply: FastifyReply, request: FastifyRequest, answer: unknown): void {
  const list = List.safeParse(answer);
  if (!list.success) return;
  const [path = ''] = request.url.split('?', 1);
  const query = z.record(z.string(), z.string()).parse(request.query);
  reply.header('link', `<${addressOf(path, { ...query, cursor: list.data.next_cursor })}>; rel="next"`);
}
