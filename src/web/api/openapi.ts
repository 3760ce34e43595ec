/** The description of the API, made from the schemas of its routes. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { CONTRAIL_VERSION } from '../../domain/version.ts';
import { READER } from '../access/guard-access.ts';
import { API_PREFIX, type ApiDescription } from './api-route.ts';

const PROBLEM = z.object({
  type: z.string(),
  status: z.int(),
  code: z.string(),
  title: z.string(),
  field: z.string().optional(),
  detail: z.string().optional(),
  request_id: z.string(),
});

export function addOpenApi(app: FastifyInstance): void {
  app.get(`${API_PREFIX}/openapi.json`, { config: READER }, async (_request, reply) =>
    reply
      .header('cache-control', 'private, no-cache')
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(openApiOf(app.apiRoutes))),
  );
}

export function openApiOf(routes: readonly ApiDescription[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = `${API_PREFIX}${route.path.replaceAll(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Contrail', version: CONTRAIL_VERSION },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: { Problem: schemaOf(PROBLEM, 'output') },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' }, basic: { type: 'http', scheme: 'basic' } },
    },
    security: [{ bearer: [] }, { basic: [] }],
  };
}

function operationOf(route: ApiDescription): object {
  const { method, path, summary, access, params, query, body, reply, replyType = 'application/json' } = route;
  const content = reply === undefined ? { schema: { type: 'string' } } : { schema: schemaOf(reply, 'output') };
  return {
    operationId: `${method.toLowerCase()}${path.replaceAll(/[^a-zA-Z]+(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    summary,
    description: access === 'operator' ? 'For operators.' : 'For readers and operators.',
    parameters: [...parametersOf(params, 'path'), ...parametersOf(query, 'query')],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } } }),
    responses: {
      200: { description: 'Done.', content: { [replyType]: content } },
      default: {
        description: 'Refused or failed.',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function parametersOf(schema: z.ZodObject | undefined, place: 'path' | 'query'): object[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => ({
    name,
    in: place,
    required: place === 'path' || !z.safeParse(z.object({ [name]: field as z.ZodType }), {}).success,
    schema: schemaOf(field as z.ZodType, 'input'),
  }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
