/** The assets of our pages, from the project's folder `assets`. */
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { readersLook } from '../access/guard-access.ts';

const FOLDER = new URL('../../../assets/', import.meta.url);

/** Browsers request `/favicon.ico` by themselves; we send the SVG icon. */
export async function addAssetRoutes(app: FastifyInstance): Promise<void> {
  // In its own scope, because Bull Board registers the same plugin.
  await app.register(async (scope) => {
    readersLook(scope);
    await scope.register(fastifyStatic, { root: FOLDER, prefix: '/assets/', maxAge: '5m', index: false });
    scope.get('/favicon.ico', async (_request, reply) => reply.sendFile('icon.svg', { maxAge: '1d' }));
  });
}
