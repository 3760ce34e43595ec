/** The files that our pages load: the folder `assets` of the project. */
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const FOLDER = new URL('../../../assets/', import.meta.url);

/** Browsers ask for `/favicon.ico` by themselves; the icon is an SVG all the same. */
export async function addAssetRoutes(app: FastifyInstance): Promise<void> {
  // In a scope of its own: Bull Board's routes bring the same plugin.
  await app.register(async (scope) => {
    await scope.register(fastifyStatic, { root: FOLDER, prefix: '/assets/', maxAge: '5m', index: false });
    scope.get('/favicon.ico', async (_request, reply) => reply.sendFile('icon.svg', { maxAge: '1d' }));
  });
}
